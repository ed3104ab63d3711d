import { z } from 'zod';
import type { ImageStore } from '#src/images/store.ts';
import type { StoredCandidate } from '#src/store/candidates.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import type { Tally } from '#src/store/votes.ts';
import type { Texts } from '#src/texts/index.ts';
import type { Action, CandidateView, Control, ResultsView } from '#src/types/chat.ts';
import type { RequestOptions } from './options.ts';
import { relationText } from './status.ts';
import { formatBytes, formatDuration, shorten } from './wording.ts';

/** What is known of a candidate beside what determines it. Seconds by stage; bytes. */
export const candidateInfo = z.object({
  seconds: z.object({
    text: z.number(),
    denoise: z.number(),
    decode: z.number(),
    encode: z.number(),
  }),
  peakBytes: z.number().nullable(),
  device: z.string(),
});
export type CandidateInfo = z.output<typeof candidateInfo>;

export interface ResultsInput {
  request: StoredRequest;
  options: RequestOptions;
  candidates: StoredCandidate[];
  tally: Tally;
  /** Nothing further comes, whether all were drawn or not. */
  isComplete: boolean;
  parentShortId: string | null;
  images: ImageStore;
  texts: Texts;
}

const voteActions = ['vote-1', 'vote-2', 'vote-3', 'vote-4'] as const;
const longestAltText = 900;

export function buildResults(input: ResultsInput): ResultsView {
  const { request, options, candidates, isComplete, texts } = input;
  const isSome = candidates.length > 0;
  const relation = relationText(request, texts);
  const prompt = shorten(options.typedPrompt, 250);
  return {
    requestId: request.id,
    locale: request.locale,
    title: relation === null ? prompt : texts('results.titleRelated', { prompt, relation }),
    lines: resultLines(input),
    candidates: candidates.map((candidate) => candidateView(candidate, input)),
    isComplete,
    controls: isComplete && isSome ? resultControls(request.id, candidates, texts) : [],
    reactions: isComplete && isSome ? resultActions(candidates) : [],
  };
}

/** In the order in which they are put under a message; votes only for the pictures that are there. */
export function resultActions(candidates: Pick<StoredCandidate, 'number'>[]): Action[] {
  const votes = voteActions.filter((_, i) => candidates.some(({ number }) => number === i + 1));
  return ['reroll', ...votes, 'enlarge', 'vary', 'details', 'delete'];
}

function resultLines(input: ResultsInput): string[] {
  const { options, candidates, tally, texts, request } = input;
  const lines = [settingsLine(options, texts)];
  const cost = costLine(candidates, texts);
  if (cost !== null) lines.push(cost);
  if (!input.isComplete) {
    const count = options.seeds.length;
    lines.push(texts('results.soFar', { ready: candidates.length, count }));
  } else if (candidates.length < options.seeds.length) {
    const of = options.seeds.length;
    lines.push(texts('results.stoppedAfter', { count: candidates.length, of }));
  }
  const votes = tallyLine(tally, texts);
  if (votes !== null) lines.push(votes);
  if (input.parentShortId !== null)
    lines.push(texts('results.parent', { id: input.parentShortId }));
  lines.push(texts('results.id', { id: request.shortId }));
  return lines;
}

/** What determines the pictures, in the words of the options. */
export function settingsLine(options: RequestOptions, texts: Texts): string {
  const { width, height, steps, cfg, seeds, model, style } = options;
  const seed = seeds.length === 1 ? String(seeds[0]) : `${seeds[0]}–${seeds.at(-1)}`;
  const parts = [
    `${width}x${height}`,
    texts('results.steps', { steps }),
    `cfg ${cfg}`,
    texts('results.seed', { seed }),
    model,
  ];
  if (style !== null) parts.push(texts('results.style', { style }));
  return parts.join(' · ');
}

function costLine(candidates: StoredCandidate[], texts: Texts): string | null {
  const infos = candidates.flatMap(({ info }) => {
    const parsed = candidateInfo.safeParse(info);
    return parsed.success ? [parsed.data] : [];
  });
  const [first] = infos;
  if (!first) return null;
  const seconds = infos.reduce((sum, { seconds: s }) => sum + s.text + s.denoise + s.decode, 0);
  const peak = Math.max(...infos.map(({ peakBytes }) => peakBytes ?? 0));
  const each = formatDuration(seconds / infos.length, texts);
  const parts = [texts('results.each', { time: each }), first.device];
  if (peak > 0) parts.push(texts('results.memory', { size: formatBytes(peak) }));
  return parts.join(' · ');
}

export function tallyLine({ candidates, voters, leading, isTie }: Tally, texts: Texts) {
  if (voters === 0 || leading === null) return null;
  const counts = candidates.map(({ number, votes }) => `${number}: ${votes}`).join(' · ');
  return isTie
    ? texts('results.tallyTie', { counts, number: leading })
    : texts('results.tally', { counts, number: leading });
}

function candidateView(candidate: StoredCandidate, input: ResultsInput): CandidateView {
  const { options, texts, tally, images } = input;
  const { number, seed, width, height, sha256 } = candidate;
  const count = options.seeds.length;
  const start = texts('results.altText', { number, count, model: options.model });
  return {
    number,
    seed,
    width,
    height,
    altText: `${start} ${shorten(options.prompt, longestAltText - start.length)}`,
    votes: tally.candidates.find((one) => one.number === number)?.votes ?? 0,
    fileName: `${number}.png`,
    sha256,
    read: () => images.read(sha256),
  };
}

function resultControls(requestId: string, candidates: StoredCandidate[], texts: Texts): Control[] {
  return resultActions(candidates).map((action) => ({
    id: `${action}:${requestId}`,
    action,
    label: controlLabel(action, texts),
    style: action === 'delete' ? 'danger' : 'normal',
  }));
}

function controlLabel(action: Action, texts: Texts): string {
  switch (action) {
    case 'reroll':
      return texts('control.reroll');
    case 'vote-1':
    case 'vote-2':
    case 'vote-3':
    case 'vote-4':
      return action.slice(-1);
    case 'enlarge':
      return texts('control.enlarge');
    case 'vary':
      return texts('control.vary');
    case 'details':
      return texts('control.details');
    case 'delete':
      return texts('control.delete');
    case 'cancel':
      return texts('control.cancel');
    case 'use-correction':
      return texts('control.useCorrection');
  }
}
