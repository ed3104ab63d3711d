import { messageOf, type Api } from '../data/api.ts';
import { el, freshId } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { headerTools, logo } from '../shell.ts';

/** Stands in place of everything until the token was given. */
export function loginView(api: Api): HTMLElement {
  const id = freshId('token');
  const error = el('p', { class: 'login-error', role: 'alert', id: `${id}-error` });
  const input = el('input', {
    id,
    type: 'password',
    required: true,
    autocomplete: 'current-password',
    autofocus: true,
    'aria-describedby': `${id}-hint ${id}-error`,
  });
  const button = el('button', { type: 'submit', class: 'button primary' }, t('login.button'));
  const form = el(
    'form',
    { class: 'login-form' },
    el('div', { class: 'login-icon' }, icon('key')),
    el('h1', {}, t('login.title')),
    el('p', { class: 'muted', id: `${id}-hint` }, t('login.hint')),
    el('label', { for: id }, t('login.token')),
    input,
    error,
    button,
  ); // prettier-ignore
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = '';
    logIn(input.value.trim()).then(
      (isKept) => (isKept ? location.reload() : refuse(t('login.notKept'))),
      (thrown: unknown) => refuse(messageOf(thrown)),
    );
  });

  /** Whether the browser kept the login: over plain HTTP it drops a cookie that is for HTTPS. */
  async function logIn(token: string): Promise<boolean> {
    await api.login(token);
    return (await api.session()).isLoggedIn;
  }

  function refuse(why: string): void {
    button.disabled = false;
    error.textContent = why;
    input.select();
  }

  return el(
    'div',
    { class: 'login' },
    el('header', { class: 'login-header' }, logo(), headerTools({ onLogout: null })),
    el('main', {}, form),
  );
}
