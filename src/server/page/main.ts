import { createAct } from './data/act.ts';
import { createAnnouncer } from './ui/announce.ts';
import { createApi, messageOf, type Api } from './data/api.ts';
import type { App, View } from './app.ts';
import { createComposer } from './composer/composer.ts';
import { acceptPictures, usePicture } from './composer/drop-picture.ts';
import { el, replace } from './ui/dom.ts';
import { hearEvents } from './data/hear.ts';
import { locale, t } from './texts/locale.ts';
import { createNotes } from './composer/notes.ts';
import { createRequests, isSettled } from './data/requests.ts';
import { parseRoute, type Route } from './router.ts';
import { createShell, type Shell } from './shell.ts';
import { listenToKeys } from './shortcuts.ts';
import { keepTimes } from './ui/time.ts';
import { createToasts } from './ui/toasts.ts';
import { createView } from './views/create.ts';
import { historyView } from './views/history.ts';
import { loginView } from './views/login.ts';
import { queueView } from './views/queue.ts';
import { threadView } from './views/thread.ts';

const root = document.querySelector('#app') as HTMLElement;

async function start(): Promise<void> {
  document.documentElement.lang = locale;
  let isReady = false;
  const api = createApi({
    // The token ran out, or was changed: the page begins again at the login.
    onLoggedOut: () => isReady && location.reload(),
  });
  try {
    const session = await api.session();
    if (session.needsLogin && !session.isLoggedIn) return replace(root, loginView(api));
    await open(api, session.needsLogin);
    isReady = true;
  } catch (thrown) {
    const again = el('button', { type: 'button', class: 'button primary', on: { click: () => location.reload() } }, t('start.again'));
    replace(root, el('main', { class: 'start-failed' }, el('h1', {}, t('start.failed')), el('p', {}, messageOf(thrown)), again));
  } // prettier-ignore
}

async function open(api: Api, needsLogin: boolean): Promise<void> {
  const logout = () =>
    void api.logout().then(
      () => location.reload(),
      (thrown: unknown) => toasts.show({ text: messageOf(thrown), kind: 'bad' }),
    );
  const shell = createShell({ onLogout: needsLogin ? logout : null });
  const { element: live, announce } = createAnnouncer();
  const requests = createRequests();
  const toasts = createToasts(announce);
  const notes = createNotes({
    announce,
    use: async (controlId) => {
      const [action = '', requestId = ''] = controlId.split(':');
      return (await api.act({ action: action as 'use-correction', requestId })).replies;
    },
    isSettled: (reply) => isSettled(reply, requests),
    onError: (thrown) => toasts.show({ text: messageOf(thrown), kind: 'bad' }),
  });
  const onRefused = () =>
    void api.session().then(
      ({ isLoggedIn }) => isLoggedIn || location.reload(),
      () => {},
    );
  const signals = hearEvents({ requests, notes, toasts, announce, shell, onRefused });
  const [commands] = await Promise.all([api.commands(), signals.ready]);
  const onFile = (file: File) => void usePicture(app, file);
  const composer = createComposer({ api, commands, notes, onFile });
  const act = createAct({ api, requests, announce });
  const app: App = { api, requests, commands, notes, toasts, composer, announce, act, signals };

  replace(root, shell.element, toasts.element, live);
  acceptPictures(onFile);
  listenToKeys(app);
  keepTimes();
  followRoutes(app, shell);
}

function followRoutes(app: App, shell: Shell): void {
  let view: View | null = null;
  /** The view before this one, as it was left: going back finds it so. */
  let left: { view: View; hash: string; top: number } | null = null;
  history.scrollRestoration = 'manual';

  function show(oldHash: string): void {
    const route = parseRoute(location.hash);
    const isFirst = view === null;
    // An entry of the browser's history that was shown before was marked then.
    const isBack = history.state !== null;
    history.replaceState({ wasShown: true }, '');
    const again = isBack && left?.hash === location.hash ? left : null;
    if (!again) left?.view.dispose();
    left = view && { view, hash: oldHash, top: scrollY };
    view = again?.view ?? viewOf(app, route);
    // One composer for all views: what is being typed goes along.
    view.composerSlot?.append(app.composer.element);
    replace(shell.main, view.element);
    app.composer.setThread(view.threadId);
    shell.showRoute(route);
    document.title = `${view.title} · Quartet`;
    scrollTo(0, again?.top ?? 0);
    if (!isFirst) shell.main.focus({ preventScroll: true });
  }

  addEventListener('hashchange', ({ oldURL }) => show(new URL(oldURL).hash));
  show('');
}

function viewOf(app: App, route: Route): View {
  switch (route.name) {
    case 'create':
      return createView(app);
    case 'thread':
      return threadView(app, route.id);
    case 'history':
      return historyView(app, route);
    case 'queue':
      return queueView(app);
  }
}

void start();
