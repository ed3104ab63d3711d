import type { ConsoleRequest } from '../../../types/console.ts';
import type { App } from '../app.ts';

/** Goes to the composer, where the view has none to the one on the start page. */
export async function showComposer({ composer }: App): Promise<void> {
  if (!composer.isShown()) {
    const arrived = new Promise((done) => addEventListener('hashchange', done, { once: true }));
    location.hash = '#/';
    await arrived;
  }
  composer.focus();
}

/** Its line into the composer, to be changed and asked for again. */
export async function reuse(app: App, { line }: Pick<ConsoleRequest, 'line'>): Promise<void> {
  await showComposer(app);
  app.composer.fill(`/imagine ${line}`);
}
