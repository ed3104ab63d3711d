import { z } from 'zod';
import { consoleWorkspace } from '../platforms/console.ts';
import { typedLine } from '../requests/typed-form.ts';
import { optionsOf, type RequestOptions } from '../requests/options.ts';
import { buildResults } from '../requests/results.ts';
import type { BotServices } from '../requests/services.ts';
import {
  buildEnding,
  buildStatus,
  relationText,
  type Ending,
  type StatusInput,
} from '../requests/status.ts';
import { isFinished } from '../requests/tracker.ts';
import { errorCodes } from '../errors.ts';
import type { StoredRequest } from '../store/requests.ts';
import { createTexts } from '../texts/index.ts';
import type { Locale, Person, ResultsView, StatusView } from '../types/chat.ts';
import type { ConsoleRequest, ConsoleResults, ConsoleStatus } from '../types/console.ts';

/** Whoever is logged in runs this: one person, who leads. */
export function consolePerson(locale: Locale): Person {
  return { id: 'console', name: locale === 'zh-CN' ? '您' : 'you', locale, isLead: true };
}

/** A request as its page shows it, in the viewer's language; made from what is stored. */
export async function viewRequest(
  { store, tracker, images }: BotServices,
  request: StoredRequest,
  viewer: Person,
): Promise<ConsoleRequest> {
  const [candidates, tally, ownVote, member, parent] = await Promise.all([
    store.candidates.list(request.id),
    store.votes.tally(request.id),
    store.votes.of(request.id, viewer.id),
    store.members.find(request.workspaceId, request.requesterId),
    request.parentId === null ? null : store.requests.find(request.parentId),
  ]);
  const texts = createTexts(viewer.locale);
  const options = optionsOf(request);
  const isOwn = request.workspaceId === consoleWorkspace;
  const requesterName = isOwn ? viewer.name : (member?.name ?? request.requesterId);
  const input: StatusInput = { request, options, requesterName, texts };
  const isComplete = isFinished(request);
  const status = isComplete
    ? buildEnding(input, endingOf(request, candidates.length))
    : buildStatus(input, tracker.stateOf(request.id));
  const results = buildResults({
    request, options, candidates, tally, isComplete, images, texts, parentShortId: parent?.shortId ?? null,
  }); // prettier-ignore
  return {
    id: request.id,
    shortId: request.shortId,
    platform: request.platform,
    threadId: isOwn ? request.threadId : null,
    requester: requesterName,
    locale: request.locale,
    prompt: options.typedPrompt,
    acceptedAt: request.acceptedAt.toISOString(),
    parentId: request.parentId,
    relation: relationText(request, texts),
    canAct: isOwn,
    ownVote,
    line: lineOf(options),
    status: toStatus(status),
    results: candidates.length === 0 ? null : toResults(results, options.seeds.length),
  };
}

export function toStatus({ preview, ...view }: StatusView): ConsoleStatus {
  const url = preview === null ? null : `data:image/png;base64,${preview.toString('base64')}`;
  return { ...view, preview: url };
}

export function toResults(view: ResultsView, count: number): ConsoleResults {
  const { requestId, title, lines, isComplete, controls, candidates } = view;
  return {
    requestId,
    title,
    lines,
    isComplete,
    controls,
    count,
    candidates: candidates.map(({ number, seed, width, height, altText, votes, sha256 }) => ({
      number, seed, width, height, altText, votes, url: `/images/${sha256}.png`,
    })), // prettier-ignore
  };
}

function endingOf(request: StoredRequest, pictures: number): Ending {
  if (request.status === 'done') return { state: 'done', seconds: request.seconds ?? 0, pictures };
  if (request.status === 'cancelled') return { state: 'cancelled', pictures };
  const code = z.enum(errorCodes).catch('INTERNAL').parse(request.failureCode);
  return { state: 'failed', code, message: request.failureMessage ?? '' };
}

function lineOf(options: RequestOptions): string {
  const { typedPrompt, negative, width, height, steps, cfg, seeds, style, model } = options;
  return typedLine({
    words: { prompt: typedPrompt },
    flags: {
      ...(negative !== '' && { negative }),
      size: `${width}x${height}`,
      steps,
      cfg,
      seed: seeds[0],
      count: seeds.length,
      ...(style !== null && { style }),
      model,
    },
  });
}
