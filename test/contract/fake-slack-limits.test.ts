import assert from 'node:assert/strict';
import { after, before, describe, test as it } from 'node:test';
import { isObject, type Json } from '../fakes/slack/json.ts';
import { slackIds, startFakeSlack, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { findSpec, readSpec } from '../fakes/specs.ts';

const { general, alice, bao } = slackIds;
const long = (length: number) => 'x'.repeat(length);
const plain = (text: string) => ({ type: 'plain_text', text });
const section = (more: Json = {}) => ({ type: 'section', text: plain('x'), ...more });
const button = (more: Json = {}) => ({
  type: 'button', action_id: 'a', value: 'v', text: plain('x'), ...more,
}); // prettier-ignore
const actions = (...elements: Json[]) => ({ type: 'actions', elements });
const input = (element: Json, more: Json = {}) => ({
  type: 'input', block_id: 'b', label: plain('x'), element: { action_id: 'a', ...element }, ...more,
}); // prettier-ignore
const modal = (more: Json = {}) => ({
  type: 'modal', callback_id: 'c', title: plain('x'), submit: plain('x'),
  blocks: [input({ type: 'plain_text_input' })], ...more,
}); // prettier-ignore

let slack: FakeSlack;
let timeMs = Date.UTC(2026, 10, 23);

before(async () => {
  slack = await startFakeSlack({ now: () => timeMs, fileReadyMs: 0 });
});
after(() => slack.close());

/** Calls the fake as plainly as possible; gives Slack's word for the refusal, or `ok`. */
async function call(method: string, args: Json, asJson = false): Promise<string> {
  return String((await answer(method, args, asJson))['error'] ?? 'ok');
}

async function answer(method: string, args: Json, asJson = false): Promise<Json> {
  const fields = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const token = method === 'apps.connections.open' ? slack.tokens.app : slack.tokens.bot;
  const type = asJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: asJson
      ? JSON.stringify(args)
      : new URLSearchParams(Object.fromEntries(fields) as Record<string, string>).toString(),
  });
  return (await response.json()) as Json;
}

const post = (...blocks: Json[]) =>
  call('chat.postMessage', { channel: general, text: 'x', blocks });
const open = (view: Json, trigger = slack.world.openTrigger(alice)) =>
  call('views.open', { trigger_id: trigger, view });

async function upload(): Promise<string> {
  const { file_id: id, upload_url: url } = await answer('files.getUploadURLExternal', {
    filename: '1.png',
    length: 4,
  });
  await fetch(String(url), { method: 'POST', body: 'abcd' });
  return String(id);
}

describe('the limits of the fake Slack', () => {
  const blocks: Record<string, Json[]> = {
    'the same block_id twice': [section({ block_id: 'b' }), section({ block_id: 'b' })],
    'a block_id of 256 characters': [section({ block_id: long(256) })],
    'an action_id of 256 characters': [actions(button({ action_id: long(256) }))],
    'a button value of 2001 characters': [actions(button({ value: long(2001) }))],
    'a button of an unknown style': [actions(button({ style: 'green' }))],
    'an empty row': [actions()],
    'a button with formatted text': [actions(button({ text: { type: 'mrkdwn', text: 'x' } }))],
    'a section of 11 fields': [section({ fields: Array.from({ length: 11 }, () => plain('x')) })],
    'a field of 2001 characters': [section({ fields: [plain(long(2001))] })],
    '11 elements of context': [
      { type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) },
    ],
    'an alt text of 2001 characters': [
      { type: 'image', image_url: 'https://example.org/x.png', alt_text: long(2001) },
    ],
    'an image title of 2001 characters': [
      { type: 'image', image_url: 'https://example.org/x.png', alt_text: 'x', title: plain(long(2001)) },
    ],
    'an image from two places': [
      { type: 'image', image_url: 'https://example.org/x.png', slack_file: { id: 'F1' }, alt_text: 'x' },
    ],
    'an input in a message': [input({ type: 'plain_text_input' })],
  }; // prettier-ignore
  for (const [name, faulty] of Object.entries(blocks)) {
    it(`refuses ${name}`, async () => assert.equal(await post(...faulty), 'invalid_blocks'));
  }

  const select = (options: Json[]) => [input({ type: 'static_select', options })];
  const views: Record<string, Json> = {
    'a title of 25 characters': { title: plain(long(25)) },
    'a submit text of 25 characters': { submit: plain(long(25)) },
    'a close text of 25 characters': { close: plain(long(25)) },
    'private metadata of 3001 characters': { private_metadata: long(3001) },
    'a callback_id of 256 characters': { callback_id: long(256) },
    '101 blocks': { blocks: Array.from({ length: 101 }, () => section()) },
    'a typed text of more than 3000 characters': {
      blocks: [input({ type: 'plain_text_input', max_length: 3001 })],
    },
    'a first value that is longer than it may be': {
      blocks: [input({ type: 'plain_text_input', max_length: 2, initial_value: 'abc' })],
    },
    'a number that is neither whole nor not': { blocks: [input({ type: 'number_input' })] },
    'a select without options': { blocks: select([]) },
    'a select of 101 options': {
      blocks: select(Array.from({ length: 101 }, (_, n) => ({ text: plain('x'), value: `${n}` }))),
    },
    'an option text of 76 characters': { blocks: select([{ text: plain(long(76)), value: 'v' }]) },
    'an option value of 151 characters': { blocks: select([{ text: plain('x'), value: long(151) }]) },
  }; // prettier-ignore
  for (const [name, faulty] of Object.entries(views)) {
    it(`refuses a form with ${name}`, async () =>
      assert.equal(await open(modal(faulty)), 'invalid_arguments'));
  }

  it('refuses a form with inputs that cannot be sent', async () => {
    const { submit: _, ...rest } = modal();
    assert.equal(await open(rest), 'invalid_arguments');
  });

  it('opens a form once, and only within three seconds', async () => {
    const [once, late] = [slack.world.openTrigger(alice), slack.world.openTrigger(alice)];
    assert.equal(await open(modal(), once), 'ok');
    assert.equal(await open(modal(), once), 'exchanged_trigger_id');
    timeMs += 3001;
    assert.equal(await open(modal(), late), 'expired_trigger_id');
    assert.equal(await open(modal(), 'none'), 'invalid_trigger_id');
  });

  it('takes five answers to an interaction, and none after half an hour', async () => {
    const where = { channel: general, threadTs: null, userId: alice, originTs: null };
    const answerTo = async (id: string) =>
      (
        await fetch(`${slack.origin}/response/${id}`, {
          method: 'POST',
          body: JSON.stringify({ text: 'x' }),
        })
      ).status;
    const [used, late] = [slack.world.openResponseUrl(where), slack.world.openResponseUrl(where)];
    for (let n = 0; n < 5; n += 1) assert.equal(await answerTo(used), 200);
    assert.equal(await answerTo(used), 404);
    timeMs += 30 * 60_000 + 1;
    assert.equal(await answerTo(late), 404);
  });

  it('knows no message that one person sees: it can be neither edited nor reacted to', async () => {
    const shown = await answer('chat.postEphemeral', { channel: general, user: bao, text: 'x' });
    const ts = String(shown['message_ts']);
    assert.equal(
      await call('chat.update', { channel: general, ts, text: 'y' }),
      'message_not_found',
    );
    const reaction = { channel: general, timestamp: ts, name: 'one' };
    assert.equal(await call('reactions.add', reaction), 'message_not_found');
    const outsider = { channel: general, user: 'U0009', text: 'x' };
    assert.equal(await call('chat.postEphemeral', outsider), 'user_not_in_channel');
  });

  it('edits nothing in an archived channel, nor in one that is gone', async () => {
    const { ts } = await answer('chat.postMessage', { channel: slackIds.design, text: 'x' });
    const edit = () => call('chat.update', { channel: slackIds.design, ts: String(ts), text: 'y' });
    slack.world.requireChannel(slackIds.design).isArchived = true;
    assert.equal(await edit(), 'is_inactive');
    slack.world.channels.delete(slackIds.design);
    assert.equal(await edit(), 'channel_not_found');
  });

  it('takes an upload as a form, under the names that Slack has, and completes it once', async () => {
    const file = { filename: '1.png', length: 4 };
    const url = 'files.getUploadURLExternal';
    assert.equal(await call(url, file, true), 'invalid_arguments');
    assert.equal(await call(url, { ...file, alt_text: 'x' }), 'invalid_arguments');
    assert.equal(await call(url, { ...file, alt_txt: long(1001) }), 'alt_txt_too_large');
    assert.equal(await call(url, { ...file, length: 0 }), 'invalid_arguments');
    const id = await upload();
    assert.equal(await call('files.info', { file: id }), 'file_not_found');
    const complete = () => call('files.completeUploadExternal', { files: [{ id, title: 'x' }] });
    assert.equal(await complete(), 'ok');
    assert.equal(await complete(), 'file_not_found');
    assert.equal(await call('files.info', { file: id }), 'ok');
    slack.unexpected.length = 0;
  });
});

type Samples = Record<string, Json>;

/** What a submitted form has by Slack's documents and the samples leave out. */
const leftOut = ['view.blocks', 'response_urls'];

describe(
  'what the fake Slack sends, beside the platform’s own samples',
  { skip: findSpec('slack-samples.json').found ? false : findSpec('slack-samples.json').reason },
  () => {
    const samples = () => (readSpec('slack-samples.json') as { samples: Samples }).samples;
    const expectShape = (name: string, given: Json) =>
      assert.deepEqual(differences(samples()[name], given, ''), [], name);

    it('has the shapes of answers', async () => {
      for (const [method, args] of [
        ['auth.test', {}],
        ['apps.connections.open', {}],
        ['files.getUploadURLExternal', { filename: '1.png', length: 4 }],
        ['users.info', { user: alice, include_locale: true }],
        ['conversations.info', { channel: general }],
        ['conversations.members', { channel: general }],
        ['chat.postEphemeral', { channel: general, user: alice, text: 'x' }],
      ] as [string, Json][]) {
        expectShape(`api/${method}`, await answer(method, args));
      }
      const files = [{ id: await upload(), title: 'x' }];
      expectShape(
        'api/files.completeUploadExternal',
        await answer('files.completeUploadExternal', { files }),
      );
    });

    it('has the shapes of commands, buttons, forms, shortcuts and events', async (context) => {
      const sent: Json[] = [];
      const own = await startFakeSlack({
        ackMs: 1,
        onDeliver: (payload) => void sent.push(payload),
      });
      context.after(() => own.close());
      const person = own.asUser(alice);
      const where = { channel: general };
      const unheard = (work: Promise<unknown>) => assert.rejects(work, /did not respond/);
      await unheard(person.slash('/imagine', 'a cat', where));
      expectShape('app-backend/slash-commands/SlashCommandPayload', sent.at(-1) as Json);
      const message = own.world.post({
        channel: general, user: 'U0BOT', text: 'x', blocks: [actions(button())],
      }); // prettier-ignore
      await unheard(person.click(message, 'a'));
      expectShape('app-backend/interactive-components/BlockActionPayload', sent.at(-1) as Json);
      await unheard(person.messageShortcut('imagine_this', message));
      expectShape('app-backend/interactive-components/MessageShortcutPayload', sent.at(-1) as Json);
      own.world.views.set('V1', { id: 'V1', userId: alice, view: modal() });
      await unheard(person.submit('V1', { b: 'x' }));
      expectShape('app-backend/views/ViewSubmissionPayload', sent.at(-1) as Json);
      person.react(message, 'one');
      expectShape('events/ReactionAddedPayload', sent.at(-1) as Json);
      person.unreact(message, 'one');
      expectShape('events/ReactionRemovedPayload', sent.at(-1) as Json);
    });
  },
);

/** Fields that the sample does not have, or that are of another type: `item.ts: number, not string`. */
function differences(sample: unknown, given: unknown, path: string): string[] {
  if (given === null || sample === null) return [];
  // Commands are sent as forms, where everything is a word.
  if (typeof sample === 'boolean' && (given === 'true' || given === 'false')) return [];
  const [wanted, found] = [typeOf(sample), typeOf(given)];
  if (wanted !== found) return [`${path}: ${found}, not ${wanted}`];
  if (Array.isArray(sample) && Array.isArray(given)) {
    return sample.length === 0
      ? []
      : given.flatMap((entry, index) => differences(sample[0], entry, `${path}.${index}`));
  }
  if (!isObject(sample) || !isObject(given) || Object.keys(sample).length === 0) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (leftOut.includes(at)) return [];
    return name in sample ? differences(sample[name], value, at) : [`${at}: not in the sample`];
  });
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
