import type { DemoAct, DemoForm, DemoState } from '../state.ts';
import { h } from './dom.ts';
import { discordMessages } from './from-discord.ts';
import { slackMessages } from './from-slack.ts';
import { showMessage, type Hands, type ShownMessage } from './messages.ts';

type PlatformName = DemoAct['platform'];

/** The same three people are at home in both. */
const people = [
  { name: 'Alice', discord: '400000000000000001', slack: 'U0001' },
  { name: '小宝', discord: '400000000000000002', slack: 'U0002' },
  { name: 'Carol', discord: '400000000000000003', slack: 'U0003' },
] as const;
const discordNames: Record<string, string> = { alice: 'Alice', bao: '小宝', carol: 'Carol' };

const find = (id: string) => document.getElementById(id) as HTMLElement;
let person: (typeof people)[number] = people[0];
let state: DemoState | null = null;
const lists = { discord: buildSide('discord', 'Discord'), slack: buildSide('slack', 'Slack') };
const shownForms = new Set<string>();

showPeople();
const events = new EventSource('/events');
events.addEventListener('message', ({ data }) => {
  state = JSON.parse(String(data)) as DemoState;
  show();
});

function buildSide(platform: PlatformName, title: string): HTMLElement {
  const list = h('div', { class: 'list', tabindex: '0', 'aria-label': `${title}, #general` });
  const input = h('input', {
    placeholder: 'Message #general',
    'aria-label': `Message in ${title}`,
    autocomplete: 'off',
  }) as HTMLInputElement;
  const send = (event: Event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    void act(platform, { type: 'line', text, threadId: null });
  };
  find(platform).append(
    h('h2', {}, h('span', { class: 'place' }, '# general'), h('span', { class: 'name' }, title)),
    list,
    h(
      'form',
      { class: 'composer', onsubmit: send },
      input,
      h('button', { type: 'submit' }, 'Send'),
    ),
  );
  return list;
}

function showPeople(): void {
  find('people').replaceChildren(
    ...people.map((one) =>
      h(
        'button',
        {
          'aria-pressed': String(one === person),
          onclick: () => {
            person = one;
            showPeople();
            show();
          },
        },
        one.name,
      ),
    ),
  );
}

function show(): void {
  if (!state) return;
  const link = find('console') as HTMLAnchorElement;
  link.hidden = state.consoleUrl === null;
  link.href = state.consoleUrl ?? '';
  showSide('discord', discordMessages(state, person.discord));
  showSide('slack', slackMessages(state, person.slack));
  for (const platform of ['discord', 'slack'] as const) {
    const form = state[platform].forms.find(
      ({ id, userId }) => userId === person[platform] && !shownForms.has(id),
    );
    if (form) openForm(platform, form);
  }
}

function showSide(platform: PlatformName, messages: ShownMessage[]): void {
  const list = lists[platform];
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const viewer =
    platform === 'discord'
      ? (Object.keys(discordNames).find((name) => discordNames[name] === person.name) ?? '')
      : person.name;
  const hands: Hands = {
    viewer,
    nameOf: (id) => people.find((one) => one[platform] === id)?.name ?? 'Quartet',
    press: ({ id, channelId }, control) =>
      void act(platform, { type: 'button', messageId: id, channelId, control }),
    react: ({ id, channelId }, emoji, isOn) =>
      void act(platform, { type: 'react', messageId: id, channelId, emoji, isOn }),
    look,
  };
  const empty = h(
    'p',
    { class: 'empty' },
    'Nothing here yet. Type ',
    h('code', {}, '/imagine a red apple'),
    ' below.',
  );
  list.replaceChildren(
    ...(messages.length === 0 ? [empty] : messages.map((message) => showMessage(message, hands))),
  );
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function look(url: string, alt: string): void {
  const dialog = find('picture') as HTMLDialogElement;
  dialog.replaceChildren(h('img', { src: url, alt }), h('p', {}, alt));
  dialog.addEventListener('click', () => dialog.close(), { once: true });
  dialog.showModal();
}

function openForm(platform: PlatformName, { id, title, fields }: DemoForm): void {
  shownForms.add(id);
  const dialog = find('form') as HTMLDialogElement;
  const inputs = fields.map((field) => {
    const attributes = { name: field.id, required: field.isRequired, 'aria-label': field.label };
    const input =
      field.options.length > 0
        ? h(
            'select',
            attributes,
            h('option', { value: '' }, '–'),
            ...field.options.map(({ label, value }) => h('option', { value }, label)),
          )
        : h(field.isLong ? 'textarea' : 'input', attributes);
    (input as HTMLInputElement).value = field.value;
    return h('label', {}, field.label, input);
  });
  const send = (event: Event) => {
    event.preventDefault();
    const filled = new FormData(event.currentTarget as HTMLFormElement);
    const values = Object.fromEntries([...filled].map(([name, value]) => [name, String(value)]));
    dialog.close();
    void act(platform, { type: 'submit', formId: id, values });
  };
  const dismiss = () => {
    dialog.close();
    void act(platform, { type: 'dismiss', formId: id });
  };
  dialog.replaceChildren(
    h(
      'form',
      { onsubmit: send },
      h('h3', {}, title),
      ...inputs,
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', onclick: dismiss }, 'Cancel'),
        h('button', { type: 'submit', class: 'primary' }, 'Submit'),
      ),
    ),
  );
  dialog.showModal();
}

async function act(platform: PlatformName, what: DemoAct['what']): Promise<void> {
  const body: DemoAct = { platform, userId: person[platform], what };
  const refusal = find('refusal');
  try {
    const answer = await fetch('/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    refusal.textContent = await answer.text();
  } catch {
    refusal.textContent = 'The demo is not running any more.';
  }
  refusal.hidden = refusal.textContent === '';
}
