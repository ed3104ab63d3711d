import type { CommandDescription } from '#src/types/command.ts';
import type { ActionEvent, Inbox, Invocation } from '#src/types/platform.ts';

export interface RecordingInbox extends Inbox {
  commands: Invocation[];
  actions: ActionEvent[];
  gaps: number;
  /** Resolves with the next thing that arrives and satisfies the condition. */
  until(condition: () => boolean): Promise<void>;
  onCommand(work: (invocation: Invocation) => Promise<void>): void;
}

/** Writes down what a platform hands over. */
export function createRecordingInbox(descriptions: CommandDescription[]): RecordingInbox {
  let waiting: { condition: () => boolean; resolve: () => void }[] = [];
  let work: (invocation: Invocation) => Promise<void> = async () => undefined;
  const changed = () => {
    for (const wait of waiting.filter((one) => one.condition())) wait.resolve();
    waiting = waiting.filter((one) => !one.condition());
  };
  const inbox: RecordingInbox = {
    commands: [],
    actions: [],
    gaps: 0,
    describeCommands: () => descriptions,
    async command(invocation) {
      inbox.commands.push(invocation);
      changed();
      await work(invocation);
    },
    suggest: async (_command, option) => [{ label: `${option} square`, value: '512x512' }],
    async action(event) {
      inbox.actions.push(event);
      changed();
    },
    async gap() {
      inbox.gaps += 1;
      changed();
    },
    until(condition) {
      if (condition()) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ condition, resolve }));
    },
    onCommand(next) {
      work = next;
    },
  };
  return inbox;
}
