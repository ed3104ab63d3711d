import type { DemoState, PlatformName } from '../state.ts';
import { act } from './act.ts';
import { find, h } from './dom.ts';
import { createForms } from './forms.ts';
import { discordMessages } from './from-discord.ts';
import { slackMessages } from './from-slack.ts';
import { people, type Somebody } from './people.ts';
import { createSide } from './side.ts';
import { isKey, say } from './texts.ts';

let state: DemoState | null = null;
const forms = createForms();
const sides = { discord: sideOf('discord', 'Discord'), slack: sideOf('slack', 'Slack') };

addEventListener('hashchange', show);
show();
const events = new EventSource('/events');
events.addEventListener('message', ({ data }) => {
  state = JSON.parse(String(data)) as DemoState;
  show();
});
events.addEventListener('open', () => (find('lost').hidden = true));
events.addEventListener('error', () => (find('lost').hidden = false));

/** In the address, so that two windows can be two people. */
function person(): Somebody {
  return people.find(({ username }) => `#${username}` === location.hash) ?? people[0];
}

function sideOf(platform: PlatformName, title: string) {
  return createSide({
    platform,
    title,
    look,
    act: (what) => act({ platform, userId: person()[platform], what }),
  });
}

function show(): void {
  const viewer = person();
  const { locale } = viewer;
  document.documentElement.lang = locale;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const key = element.dataset['text'];
    if (isKey(key)) element.textContent = say(locale, key);
  }
  showPeople(viewer);
  if (state === null) return;
  const link = find('console') as HTMLAnchorElement;
  link.hidden = state.consoleUrl === null;
  link.href = state.consoleUrl ?? '';
  sides.discord.show(discordMessages(state, viewer), viewer, state.commands);
  sides.slack.show(slackMessages(state, viewer), viewer, state.commands);
  for (const platform of ['discord', 'slack'] as const) {
    const userId = viewer[platform];
    const own = state[platform].forms.filter((form) => form.userId === userId);
    forms.show(platform, own, locale, {
      submit: (formId, values) =>
        act({ platform, userId, what: { type: 'submit', formId, values } }),
      dismiss: (formId) => void act({ platform, userId, what: { type: 'dismiss', formId } }),
    });
  }
}

function showPeople(viewer: Somebody): void {
  const group = find('people');
  group.setAttribute('aria-label', say(viewer.locale, 'people'));
  if (group.childElementCount === 0)
    group.append(
      ...people.map(({ name, role, username }) =>
        h(
          'button',
          { onclick: () => (location.hash = username) },
          h('span', { class: `dot of-${name}`, 'aria-hidden': 'true' }),
          name,
          h('small', {}, role),
        ),
      ),
    );
  for (const [i, button] of [...group.children].entries())
    button.setAttribute('aria-pressed', String(people[i] === viewer));
}

function look(url: string, alt: string): void {
  const dialog = find('look') as HTMLDialogElement;
  dialog.replaceChildren(h('img', { src: url, alt: '' }), h('p', {}, alt));
  dialog.addEventListener('click', () => dialog.close(), { once: true });
  dialog.showModal();
}
