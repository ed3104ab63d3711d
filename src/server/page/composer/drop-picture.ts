import { messageOf } from '../data/api.ts';
import type { App } from '../app.ts';
import { el } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { showComposer } from './reuse.ts';

/** More is not read by the server either. */
const largestBytes = 40 * 2 ** 20;

/** Takes pictures that are dropped or pasted anywhere on the page. */
export function acceptPictures(onFile: (file: File) => void): void {
  const veil = el(
    'div',
    { class: 'drop-veil', 'aria-hidden': 'true' },
    icon('picture'),
    el('p', {}, t('drop.here')),
  );
  veil.hidden = true;
  document.body.append(veil);
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    veil.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) onFile(file);
  });
  document.addEventListener('paste', (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
}

/** Fills the composer with what a picture was drawn with. */
export async function usePicture(app: App, file: File): Promise<void> {
  if (file.size > largestBytes) {
    return app.toasts.show({ text: t('drop.tooLarge', { name: file.name }), kind: 'bad' });
  }
  try {
    const { values, note } = await app.api.readPicture(file);
    const { prompt = '', ...fields } = values;
    await showComposer(app);
    app.composer.fill(prompt, fields);
    app.toasts.show({ text: t('drop.read', { name: file.name }) });
    if (note !== null) app.notes.add(file.name, [{ text: note, controls: [] }]);
  } catch (thrown) {
    app.toasts.show({ text: messageOf(thrown), kind: 'bad' });
  }
}
