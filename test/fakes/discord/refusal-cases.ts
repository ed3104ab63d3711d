import type { FakeDiscord } from './fake-discord.ts';
import type { InteractionHandle } from './interaction-book.ts';
import type { FakeMessage } from './world-types.ts';

/** What a refusal case may use: a fresh fake with one message of the bot and one of a person. */
export interface RefusalScene {
  fake: FakeDiscord;
  channelId: string;
  own: FakeMessage;
  foreign: FakeMessage;
  /** An unanswered slash command. */
  slash: () => InteractionHandle;
  call: (
    method: string,
    path: string,
    body?: unknown,
    files?: Record<string, Buffer>,
  ) => Promise<ApiResult>;
}

export interface ApiResult {
  status: number;
  body: { code?: number; message?: string; errors?: unknown; id?: string } & Record<
    string,
    unknown
  >;
}

export interface RefusalCase {
  name: string;
  status: number;
  code: number;
  act: (scene: RefusalScene) => Promise<ApiResult>;
}

const long = (length: number): string => 'x'.repeat(length);
const list = <T>(length: number, entry: (index: number) => T): T[] =>
  Array.from({ length }, (_, index) => entry(index));
const button = (index: number, more: object = {}): object => ({
  type: 2,
  style: 1,
  label: 'b',
  custom_id: `b${index}`,
  ...more,
});
const row = (...components: object[]): object => ({ type: 1, components });
const select = (more: object): object => ({
  type: 3,
  custom_id: 's',
  options: [{ label: 'a', value: 'a' }],
  ...more,
});
const option = (index: number, more: object = {}): object => ({
  type: 3,
  name: `o${index}`,
  description: 'd',
  ...more,
});
const command = (more: object): object => ({ name: 'c', description: 'd', ...more });
const label = (index: number): object => ({
  type: 18,
  label: 'l',
  component: { type: 4, style: 1, custom_id: `t${index}` },
});

/** Bodies of a message that must come back as `Invalid Form Body`. */
const badMessages: Record<string, object> = {
  'content of 2001 characters': { content: long(2001) },
  'content of 4001 characters': { content: long(4001) },
  '11 embeds': { embeds: list(11, () => ({ title: 't' })) },
  'embeds of 6001 characters in all': {
    embeds: [{ description: long(4000) }, { description: long(2001) }],
  },
  'an embed title of 257 characters': { embeds: [{ title: long(257) }] },
  '11 attachments': { attachments: list(11, (id) => ({ id: String(id) })) },
  '6 rows': { content: 'x', components: list(6, (index) => row(button(index))) },
  '6 buttons in a row': { content: 'x', components: [row(...list(6, button))] },
  'an empty row': { content: 'x', components: [row()] },
  'an empty custom id': { content: 'x', components: [row(button(0, { custom_id: '' }))] },
  'a custom id of 101 characters': {
    content: 'x',
    components: [row(button(0, { custom_id: long(101) }))],
  },
  'a button label of 81 characters': {
    content: 'x',
    components: [row(button(0, { label: long(81) }))],
  },
  'a button without label and emoji': { content: 'x', components: [row(button(0, { label: '' }))] },
  'the same custom id twice': { content: 'x', components: [row(button(0), button(0))] },
  'a menu of 26 options': {
    content: 'x',
    components: [row(select({ options: list(26, (n) => ({ label: 'a', value: String(n) })) }))],
  },
  'a menu with a repeated value': {
    content: 'x',
    components: [row(select({ options: list(2, () => ({ label: 'a', value: 'a' })) }))],
  },
  'a menu placeholder of 151 characters': {
    content: 'x',
    components: [row(select({ placeholder: long(151) }))],
  },
  'a menu that wants more than it has': {
    content: 'x',
    components: [row(select({ max_values: 2 }))],
  },
  'a menu beside a button': { content: 'x', components: [row(select({}), button(1))] },
  'a text display without the new components': {
    content: 'x',
    components: [{ type: 10, content: 'x' }],
  },
  'content together with the new components': {
    content: 'x',
    flags: 32_768,
    components: [{ type: 10, content: 'x' }],
  },
  '41 new components': { flags: 32_768, components: list(41, () => ({ type: 10, content: 'x' })) },
  'a flag that a bot cannot set': { content: 'x', flags: 64 },
  'a nonce of 26 characters': { content: 'x', nonce: long(26) },
  'a reply to an unknown message': { content: 'x', message_reference: { message_id: '5' } },
  'mentions that contradict each other': {
    content: 'x',
    allowed_mentions: { parse: ['users'], users: ['1'] },
  },
};

/** Lists of commands that must come back as `Invalid Form Body`. */
const badCommands: Record<string, object[]> = {
  'a name in capitals': [command({ name: 'Paint' })],
  'a name with a space': [command({ name: 'a b' })],
  'a name of 33 characters': [command({ name: long(33) })],
  'no description': [{ name: 'c' }],
  'a description of 101 characters': [command({ description: long(101) })],
  '26 options': [command({ options: list(26, option) })],
  'a required option after an optional one': [
    command({ options: [option(0), option(1, { required: true })] }),
  ],
  'choices together with autocomplete': [
    command({ options: [option(0, { autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
  ],
  '26 choices': [
    command({
      options: [option(0, { choices: list(26, (n) => ({ name: `${n}`, value: `${n}` })) })],
    }),
  ],
  'more than 8000 characters': [
    command({
      options: list(4, (n) =>
        option(n, { choices: list(25, (m) => ({ name: long(40), value: `${m}${long(50)}` })) }),
      ),
    }),
  ],
  'the locale zh-Hans': [command({ name_localizations: { 'zh-Hans': 'c' } })],
  'a minimum above the maximum': [
    command({ options: [option(0, { type: 4, min_value: 5, max_value: 4 })] }),
  ],
  'a minimum length on a number': [command({ options: [option(0, { type: 4, min_length: 1 })] })],
  'a maximum length of 6001': [command({ options: [option(0, { max_length: 6001 })] })],
  'the same name twice': [command({}), command({})],
  'an option name in capitals': [command({ options: [option(0, { name: 'Size' })] })],
  'a sub-command within a sub-command': [
    command({ options: [option(0, { type: 1, options: [option(1, { type: 1 })] })] }),
  ],
  'a description on a message command': [{ name: 'Imagine this', type: 3, description: 'd' }],
};

/** First answers to a slash command that must come back as `Invalid Form Body`. */
const badAnswers: Record<string, object> = {
  'a modal title of 46 characters': {
    type: 9,
    data: { title: long(46), custom_id: 'm', components: [label(0)] },
  },
  'a modal of 6 components': {
    type: 9,
    data: { title: 't', custom_id: 'm', components: list(6, label) },
  },
  'a modal without components': { type: 9, data: { title: 't', custom_id: 'm', components: [] } },
  'a label of 46 characters': {
    type: 9,
    data: { title: 't', custom_id: 'm', components: [{ ...label(0), label: long(46) }] },
  },
  'an update to a command': { type: 7, data: { content: 'x' } },
  'choices to a command': { type: 8, data: { choices: [] } },
  'a deferral with the flag of the new components': { type: 5, data: { flags: 32_768 } },
  'a reply of 2001 characters': { type: 4, data: { content: long(2001) } },
};

const formCases = (): RefusalCase[] => [
  ...Object.entries(badMessages).map(([name, body]) => ({
    name: `a message with ${name}`,
    status: 400,
    code: 50_035,
    act: ({ call, channelId }: RefusalScene) =>
      call('POST', `/channels/${channelId}/messages`, body),
  })),
  ...Object.entries(badCommands).map(([name, body]) => ({
    name: `a command with ${name}`,
    status: 400,
    code: 50_035,
    act: ({ call, fake }: RefusalScene) =>
      call('PUT', `/applications/${fake.world.botId}/commands`, body),
  })),
  ...Object.entries(badAnswers).map(([name, body]) => ({
    name,
    status: 400,
    code: 50_035,
    act: ({ call, slash }: RefusalScene) => call('POST', callbackPath(slash()), body),
  })),
];

export function callbackPath(handle: InteractionHandle): string {
  return `/interactions/${handle.id}/${handle.token}/callback`;
}

/** Every refusal that comes from a form. */
export const formRefusals: RefusalCase[] = formCases();

export const fileOf = (sizeBytes: number): { 'files[0]': Buffer } => ({
  'files[0]': Buffer.alloc(sizeBytes),
});
export const reactionPath = (scene: RefusalScene, emoji: string): string =>
  `/channels/${scene.channelId}/messages/${scene.own.id}/reactions/${encodeURIComponent(emoji)}/@me`;
export const messagesPath = (scene: RefusalScene): string =>
  `/channels/${scene.channelId}/messages`;
export const threadPath = (scene: RefusalScene): string =>
  `${messagesPath(scene)}/${scene.own.id}/threads`;
