import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageRef, Place, ResultsView, StatusView } from '#src/types/chat.ts';
import type { Posted } from '#src/types/platform.ts';
import { filesOfBlocks, resultsBody, statusBody, type Body, type PictureFile } from './blocks.ts';
import { refusalOf, type Calls, type Timing } from './calls.ts';
import type { Files } from './files.ts';
import type { Mark, OwnMessages } from './own-messages.ts';
import { say } from './texts.ts';

/** Requests whose files are remembered; those of older ones are read from their message. */
const rememberedRequests = 500;

export interface DeliveryParts {
  calls: Calls;
  own: OwnMessages;
  files: Files;
  timing: Timing;
  warn(message: string, details: Record<string, unknown>): void;
}

export interface Delivery {
  publishStatus(place: Place, posted: Posted, view: StatusView): Promise<MessageRef>;
  publishResults(place: Place, posted: Posted, view: ResultsView): Promise<MessageRef>;
  /** Lets go of a request's files, deleting them at Slack. */
  removeFiles(ref: MessageRef): Promise<void>;
}

type FileMap = Map<string, PictureFile>;

export function createDelivery(parts: DeliveryParts): Delivery {
  const { calls, own, files, timing } = parts;
  const filesByRequest = new Map<string, FileMap>();

  async function update(ref: MessageRef, mark: Mark, body: Body): Promise<void> {
    await calls.call('chat.update', {
      channel: ref.channelId,
      ts: ref.messageId,
      ...body,
      metadata: { event_type: mark.type, event_payload: mark.payload },
    });
  }

  const refTo = (place: Place, ts: string): MessageRef => ({
    channelId: place.channelId,
    messageId: ts,
    threadId: place.threadId,
  });

  async function publishStatus(place: Place, posted: Posted, view: StatusView) {
    const mark: Mark = { type: 'quartet_status', payload: { request: view.requestId } };
    const body = statusBody(view);
    const known = await locate(place, posted, mark);
    if (known === null) return refTo(place, await own.postOnce(place, mark, body));
    await update(known, mark, body);
    return known;
  }

  /** Where a message of ours stands; null: nowhere yet. */
  async function locate(place: Place, posted: Posted, mark: Mark): Promise<MessageRef | null> {
    if (typeof posted !== 'string') return posted;
    const found = posted === 'perhaps' ? await own.findOne(place, mark) : null;
    return found && refTo(place, found.ts);
  }

  async function publishResults(place: Place, posted: Posted, view: ResultsView) {
    const mark: Mark = { type: 'quartet_results', payload: { request: view.requestId } };
    const known = await locate(place, posted, mark);
    let uploaded = filesByRequest.get(view.requestId);
    if (known !== null && uploaded === undefined) {
      const message = await own.read(known.channelId, known.threadId, known.messageId);
      uploaded = filesOfBlocks(message?.blocks);
    }
    uploaded ??= new Map();
    remember(view.requestId, uploaded);
    for (const candidate of view.candidates) {
      if (uploaded.has(candidate.sha256)) continue;
      uploaded.set(candidate.sha256, await files.upload(candidate, view.locale));
    }
    return show(place, known, mark, view, uploaded);
  }

  /** Posts or edits; where Slack goes on refusing the pictures as blocks, they are shared as files. */
  async function show(
    place: Place,
    ref: MessageRef | null,
    mark: Mark,
    view: ResultsView,
    uploaded: FileMap,
  ): Promise<MessageRef> {
    const endMs = Date.now() + timing.fileMs;
    for (let waitMs = timing.retryMs; ; waitMs *= 2) {
      try {
        const isShared = view.candidates.some((one) => uploaded.get(one.sha256)?.isShared);
        const body = resultsBody(
          view,
          uploaded,
          isShared ? say('picturesAbove', view.locale) : null,
        );
        if (ref === null) return refTo(place, await own.postOnce(place, mark, body));
        await update(ref, mark, body);
        return ref;
      } catch (error) {
        const isRefusedPicture = refusalOf(error) === 'invalid_blocks';
        const asBlocks = view.candidates.filter((one) => !uploaded.get(one.sha256)?.isShared);
        if (!isRefusedPicture || asBlocks.length === 0) throw error;
        const leftMs = endMs - Date.now();
        if (leftMs > 0) {
          await sleep(Math.min(waitMs, leftMs));
          continue;
        }
        parts.warn('Slack refuses the pictures as blocks; they are shared as files.', {
          request: view.requestId,
          error: String(error),
        });
        for (const candidate of asBlocks) {
          const refused = uploaded.get(candidate.sha256);
          uploaded.set(candidate.sha256, await files.share(candidate, place, view.locale));
          if (refused !== undefined) await dropFile(refused);
        }
      }
    }
  }

  function remember(requestId: string, uploaded: FileMap): void {
    filesByRequest.delete(requestId);
    filesByRequest.set(requestId, uploaded);
    if (filesByRequest.size <= rememberedRequests) return;
    const oldest = filesByRequest.keys().next().value;
    if (oldest !== undefined) filesByRequest.delete(oldest);
  }

  /** Best effort: a file that stays is seen by nobody. */
  async function dropFile(file: PictureFile): Promise<void> {
    try {
      await calls.call('files.delete', { file: file.fileId });
    } catch (error) {
      parts.warn('A file could not be deleted.', { file: file.fileId, error: String(error) });
    }
  }

  async function removeFiles(ref: MessageRef): Promise<void> {
    const message = await own.read(ref.channelId, ref.threadId, ref.messageId);
    for (const [sha256, file] of filesOfBlocks(message?.blocks)) {
      for (const uploaded of filesByRequest.values()) {
        if (uploaded.get(sha256)?.fileId === file.fileId) uploaded.delete(sha256);
      }
      await dropFile(file);
    }
  }

  return { publishStatus, publishResults, removeFiles };
}
