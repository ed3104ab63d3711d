import { toAppError } from '#src/errors.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import { optionsOf } from './options.ts';
import type { BotServices } from './services.ts';
import { isFinished } from './tracker.ts';

/** Takes a request away: its messages, its record, and the pictures that nothing else needs. */
export async function deleteRequest(bot: BotServices, request: StoredRequest): Promise<void> {
  const { store, images, publisher } = bot;
  const { id } = request;
  if (!isFinished(request)) await bot.cancel(id);
  const candidates = await store.candidates.list(id);
  await removeMessages(bot, request);
  publisher.forget(`results:${id}`);
  await store.requests.remove(id);
  const { image } = optionsOf(request);
  const pictures = candidates.map(({ sha256 }) => sha256);
  // What it was drawn from may have been kept for it alone.
  if (image) pictures.push(image.sha256);
  for (const sha256 of pictures) {
    if (!(await store.candidates.isUsed(sha256))) await images.remove(sha256);
  }
}

async function removeMessages({ store, platformOf }: BotServices, request: StoredRequest) {
  const platform = platformOf(request.platform);
  const name = { requestId: request.id, kind: 'mention', key: 'done' } as const;
  const mention = (await store.deliveries.find(name))?.message ?? null;
  // The thread may hang on the status message and hold others' pictures: it stays while it does.
  const status = (await store.requests.holdsThread(request)) ? null : request.statusMessage;
  for (const message of [request.resultsMessage, mention, status]) {
    if (message === null) continue;
    await platform.remove(message).catch((thrown: unknown) => {
      if (toAppError(thrown).code !== 'MESSAGE_GONE') throw thrown;
    });
  }
}
