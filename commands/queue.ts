import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { describeQueue, type QueueLine } from '#src/requests/queue-lines.ts';
import { shorten } from '#src/requests/wording.ts';

const mostLines = 15;

/** What is drawn, whose turn is next and why. */
export default defineCommand({
  name: 'queue',
  options: () => z.object({}),

  async run({ bot, person, place, reply, texts }) {
    // What others draw elsewhere is theirs: only that somebody does is said.
    const { workers, entries } = await describeQueue(
      bot,
      { ...person, name: texts('queue.you') },
      ({ workspaceId }) => workspaceId === place.workspaceId,
    );
    const line = ({ isRunning, place: number, requester: name, prompt, reason }: QueueLine) => {
      const values = { name, prompt: shorten(prompt, 60), reason };
      return isRunning
        ? texts('queue.running', values)
        : texts('queue.waiting', { place: number, ...values });
    };
    const lines = [
      workers === 0 ? texts('status.noWorker') : texts('queue.workers', { count: workers }),
      ...entries.slice(0, mostLines).map(line),
    ];
    const more = entries.length - mostLines;
    if (more > 0) lines.push(texts('queue.more', { count: more }));
    lines.push(entries.length === 0 ? texts('queue.empty') : texts('queue.fair'));
    await reply({ text: lines.join('\n') });
  },
});
