import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { asSeen } from '#src/requests/positions.ts';
import { shorten } from '#src/requests/wording.ts';

const mostLines = 15;

/** What is drawn, whose turn is next and why. */
export default defineCommand({
  name: 'queue',
  options: () => z.object({}),

  async run({ bot, person, place, reply, texts }) {
    const [held, workers] = await Promise.all([bot.queue.view(), bot.queue.workersConnected()]);
    const { running, waiting } = asSeen(held, bot.tracker.hasBegun);
    const nameOf = async (id: string) => {
      if (id === person.id) return texts('queue.you');
      return (await bot.store.members.find(place.workspaceId, id))?.name ?? texts('queue.somebody');
    };
    const lines = [texts('queue.workers', { count: workers })];
    for (const job of [...running, ...waiting].slice(0, mostLines)) {
      // What others draw elsewhere is theirs: only that somebody does is said.
      const isHere = job.workspaceId === place.workspaceId;
      const name = isHere ? await nameOf(job.requesterId) : texts('queue.elsewhere');
      const request = isHere ? await bot.store.requests.find(job.requestId) : null;
      const prompt = request === null ? '…' : shorten(request.prompt, 60);
      const isRunning = running.includes(job);
      lines.push(
        isRunning
          ? texts('queue.running', { name, prompt })
          : texts('queue.waiting', { place: waiting.indexOf(job) + 1, name, prompt }),
      );
    }
    const more = running.length + waiting.length - mostLines;
    if (more > 0) lines.push(texts('queue.more', { count: more }));
    if (running.length + waiting.length === 0) lines.push(texts('queue.empty'));
    else lines.push(texts('queue.fair'));
    await reply({ text: lines.join('\n') });
  },
});
