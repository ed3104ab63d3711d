import { el, replace, setAttribute } from './ui/dom.ts';
import { openHelp } from './help-dialog.ts';
import { icon, type IconName } from './ui/icons.ts';
import { locale, switchLocale, t } from './texts/locale.ts';
import type { Connection } from './data/live.ts';
import type { Route } from './router.ts';
import { currentTheme, setTheme, themes, type Theme } from './ui/theme.ts';

/** What stands round every view. */
export interface Shell {
  element: HTMLElement;
  main: HTMLElement;
  showRoute(route: Route): void;
  showConnection(connection: Connection): void;
}

export function createShell({ onLogout }: { onLogout: (() => void) | null }): Shell {
  const links = [
    linkTo('#/', 'create', t('nav.create'), ['create', 'thread']),
    linkTo('#/history', 'history', t('nav.history'), ['history']),
    linkTo('#/queue', 'queue', t('nav.queue'), ['queue']),
  ];
  const connection = el('p', { class: 'connection', role: 'status' });
  const main = el('main', { id: 'main', tabindex: -1 });
  const skip = el('a', { class: 'skip', href: '#main' }, t('skip'));
  skip.addEventListener('click', (event) => {
    // The hash is the view's.
    event.preventDefault();
    main.focus();
  });
  const element = el(
    'div',
    { class: 'shell' },
    skip,
    el(
      'header',
      { class: 'top' },
      logo(),
      el('nav', { class: 'nav', 'aria-label': t('nav') }, ...links.map(({ link }) => link)),
      headerTools({ onLogout }),
    ),
    connection,
    main,
  );

  return {
    element,
    main,
    showRoute({ name }) {
      for (const { link, routes } of links) {
        setAttribute(link, 'aria-current', routes.includes(name) ? 'page' : null);
      }
    },
    showConnection(state) {
      // Always there, so that screen readers hear what it begins to say.
      connection.textContent = state === 'reconnecting' ? t('reconnecting') : '';
    },
  };
}

function linkTo(href: string, name: IconName, label: string, routes: Route['name'][]) {
  return { link: el('a', { class: 'nav-link', href }, icon(name), el('span', {}, label)), routes };
}

export function logo(): HTMLElement {
  return el(
    'a',
    { class: 'logo', href: '#/', 'aria-label': 'Quartet' },
    el('span', { class: 'logo-mark', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'), el('i')),
    el('span', { class: 'logo-word', 'aria-hidden': 'true' }, 'Quartet'),
  );
}

/** Language, theme, help, and the way out. */
export function headerTools({ onLogout }: { onLogout: (() => void) | null }): HTMLElement {
  const language = el(
    'button',
    { type: 'button', class: 'tool-button language', lang: locale === 'en' ? 'zh-CN' : 'en', 'aria-label': t('language.switch'), on: { click: switchLocale } },
    locale === 'en' ? '中文' : 'EN',
  ); // prettier-ignore
  return el(
    'div',
    { class: 'tools' },
    language,
    themeButton(),
    el('button', { type: 'button', class: 'tool-button', 'aria-label': t('help.title'), title: t('help.title'), on: { click: openHelp } }, icon('help')),
    onLogout && el('button', { type: 'button', class: 'tool-button', 'aria-label': t('logout'), title: t('logout'), on: { click: onLogout } }, icon('logout')),
  ); // prettier-ignore
}

function themeButton(): HTMLElement {
  const icons: Record<Theme, IconName> = { system: 'system', light: 'sun', dark: 'moon' };
  const names: Record<Theme, string> = {
    system: t('theme.system'),
    light: t('theme.light'),
    dark: t('theme.dark'),
  };
  const button = el('button', { type: 'button', class: 'tool-button theme' });
  const show = () => {
    const theme = currentTheme();
    const label = t('theme.now', { name: names[theme] });
    setAttribute(button, 'aria-label', label);
    button.title = label;
    button.dataset.theme = theme;
    replace(button, icon(icons[theme]));
  };
  button.addEventListener('click', () => {
    const at = themes.indexOf(currentTheme());
    setTheme(themes[(at + 1) % themes.length] ?? 'system');
    show();
  });
  show();
  return button;
}
