import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#src/errors.ts';
import type { CandidateView, Locale, Place } from '#src/types/chat.ts';
import { pictureTitle, type PictureFile } from './blocks.ts';
import { readFailure } from './failures.ts';
import { isUnclear, refusalOf, type Calls, type Timing } from './calls.ts';
import { limits } from './limits.ts';
import { cutText } from './wording.ts';

const uploadAttempts = 3;

export interface Files {
  /**
   * Uploads a picture without a channel and waits until Slack can show it.
   * @throws AppError PLATFORM_FAILED, CallFailure
   */
  upload(candidate: CandidateView, locale: Locale): Promise<PictureFile>;
  /** The other way: the picture as a file message of its own in a place. */
  share(candidate: CandidateView, place: Place, locale: Locale): Promise<PictureFile>;
}

export function createFiles(calls: Calls, timing: Timing): Files {
  /** @returns the file's id, complete on Slack's side. */
  async function send(
    candidate: CandidateView,
    place: Place | null,
    locale: Locale,
  ): Promise<string> {
    const bytes = await candidate.read();
    const title = pictureTitle(candidate, locale);
    const fileId = await sendBytes(candidate, bytes, title);
    const args = {
      files: [{ id: fileId, title }],
      ...(place === null ? {} : { channel_id: place.channelId }),
      ...(place === null || place.threadId === null ? {} : { thread_ts: place.threadId }),
    };
    for (let attempt = 0; ; attempt += 1) {
      try {
        await calls.call('files.completeUploadExternal', args, { isRepeatable: false });
        return fileId;
      } catch (error) {
        // It is done once: where its answer was lost, the file itself says whether it was.
        if (!isUnclear(error)) throw error;
        await sleep(timing.retryMs * 2 ** attempt);
        if (await isComplete(fileId)) return fileId;
        if (attempt + 1 >= uploadAttempts) throw error;
      }
    }
  }

  async function isComplete(fileId: string): Promise<boolean> {
    try {
      await calls.call('files.info', { file: fileId });
      return true;
    } catch (error) {
      if (refusalOf(error) !== 'file_not_found') throw error;
      return false;
    }
  }

  /** Steps 1 and 2. An upload address is used once, so every attempt asks for its own. */
  async function sendBytes(
    candidate: CandidateView,
    bytes: Buffer,
    title: string,
  ): Promise<string> {
    let reason = '';
    for (let attempt = 0; attempt < uploadAttempts; attempt += 1) {
      if (attempt > 0) await sleep(timing.retryMs * 2 ** (attempt - 1));
      // By hand: the library's helper names the description `alt_text`, Slack's argument is `alt_txt`.
      const answer = await calls.call('files.getUploadURLExternal', {
        filename: candidate.fileName,
        length: bytes.length,
        alt_txt: cutText(candidate.altText || title, limits.fileAltText),
      });
      try {
        const response = await fetch(String(answer['upload_url']), {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: new Uint8Array(bytes),
          signal: AbortSignal.timeout(timing.callMs),
        });
        await response.arrayBuffer();
        if (response.ok) return String(answer['file_id']);
        reason = `HTTP ${response.status}`;
      } catch (error) {
        const failure = readFailure(error);
        reason = failure.kind === 'unknown' ? failure.detail : 'no connection';
      }
    }
    throw new AppError(
      'PLATFORM_FAILED',
      `Slack did not take the picture ${candidate.fileName} (${reason}). It is tried again; if it lasts, see https://slack-status.com.`,
      {
        retryable: true,
        localized: {
          'zh-CN': `Slack 没有接收图片 ${candidate.fileName}（${reason}），会自动重试；如果一直这样，请查看 https://slack-status.com。`,
        },
      },
    );
  }

  /** Until `files.info` knows the type; a picture that takes longer is tried as it is. */
  async function waitUntilReady(fileId: string): Promise<void> {
    const endMs = Date.now() + timing.fileMs;
    for (let waitMs = timing.retryMs; ; waitMs *= 2) {
      const answer = await calls.call('files.info', { file: fileId });
      const file = answer['file'] as { mimetype?: string } | undefined;
      if (file?.mimetype) return;
      const leftMs = endMs - Date.now();
      if (leftMs <= 0) return;
      await sleep(Math.min(waitMs, leftMs));
    }
  }

  return {
    async upload(candidate, locale) {
      const fileId = await send(candidate, null, locale);
      await waitUntilReady(fileId);
      return { fileId, isShared: false };
    },
    async share(candidate, place, locale) {
      return { fileId: await send(candidate, place, locale), isShared: true };
    },
  };
}
