import { load, save } from '../ui/storage.ts';

export interface Recall {
  push(text: string): void;
  /** One further back, or forth to what was being typed; null: there is no more. */
  back(current: string): string | null;
  forth(): string | null;
  isRecalled(text: string): boolean;
}

const most = 100;

/** What was sent from the composer, for the arrow keys. */
export function createRecall(): Recall {
  let sent = (load('local', 'sent') as string[] | null) ?? [];
  let at = sent.length;
  let draft = '';
  return {
    push(text) {
      sent = [...sent.filter((one) => one !== text), text].slice(-most);
      at = sent.length;
      save('local', 'sent', sent);
    },
    back(current) {
      if (at === 0) return null;
      if (at === sent.length) draft = current;
      at -= 1;
      return sent[at] ?? null;
    },
    forth() {
      if (at >= sent.length) return null;
      at += 1;
      return sent[at] ?? draft;
    },
    isRecalled: (text) => sent[at] === text,
  };
}
