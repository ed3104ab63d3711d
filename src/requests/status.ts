import type { StoredRequest } from '#src/store/requests.ts';
import type { Texts } from '#src/texts/index.ts';
import type { Control, StatusView } from '#src/types/chat.ts';
import type { RequestOptions } from './options.ts';
import { explainFailure, formatDuration, shorten } from './wording.ts';

/** What is known of a request beyond its row, while it is not finished. */
export interface LiveState {
  /** null: it does not wait. */
  position: Position | null;
  /** Until its drawing begins. null: not known, or it has begun. Unit: seconds. */
  startsIn: number | null;
  /** Until its last picture. null: nothing like it was measured yet. Unit: seconds. */
  secondsLeft: number | null;
  /** Whether anybody draws at all. */
  hasWorker: boolean;
  step: Step | null;
  /** What the worker said last. */
  note: string | null;
  isStopping: boolean;
}

export interface Position {
  /** 1: drawn next. */
  place: number;
  /** Other people with a turn before it. */
  peopleBefore: number;
  /** Requests of the same person before it. */
  ownBefore: number;
}

export interface Step {
  /** 1 to 4. */
  candidate: number;
  step: number;
  steps: number;
  secondsPerStep: number;
  preview: Buffer | null;
}

export const unknownState: LiveState = {
  position: null,
  startsIn: null,
  secondsLeft: null,
  hasWorker: true,
  step: null,
  note: null,
  isStopping: false,
};

/** How a request ended. */
export type Ending =
  | { state: 'done'; seconds: number; pictures: number }
  | { state: 'cancelled'; pictures: number }
  | { state: 'failed'; code: Parameters<typeof explainFailure>[0]; message: string };

export interface StatusInput {
  request: StoredRequest;
  options: RequestOptions;
  requesterName: string;
  texts: Texts;
}

export function buildStatus(input: StatusInput, live: LiveState): StatusView {
  const { request, texts } = input;
  const isRunning = live.step !== null || live.note !== null;
  const lines = isRunning ? runningLines(live, texts) : waitingLines(live, texts);
  return {
    requestId: request.id,
    state: isRunning ? 'running' : 'queued',
    title: title(input),
    lines: [...lines, ...input.options.notes],
    progress: live.step && progress(input, live, live.step),
    preview: live.step?.preview ?? null,
    controls: [cancelControl(request.id, texts)],
  };
}

/** @param after further lines, as of pictures that could not be shown. */
export function buildEnding(
  input: StatusInput,
  ending: Ending,
  after: readonly string[] = [],
): StatusView {
  const { request, texts } = input;
  return {
    requestId: request.id,
    state: ending.state,
    title: title(input),
    lines: [...endingLines(input, ending), ...after],
    progress: null,
    preview: null,
    controls:
      ending.state === 'done'
        ? []
        : [
            {
              id: `reroll:${request.id}`,
              action: 'reroll',
              label: texts('control.again'),
              style: 'normal',
            },
          ],
  };
}

/** What a request's pictures are to those it came from. */
export function relationText(request: StoredRequest, texts: Texts): string | null {
  const number = request.parentCandidate ?? 1;
  switch (request.relation) {
    case 'reroll':
      return texts('relation.reroll');
    case 'variation':
      return texts('relation.variation', { number });
    case 'enlarge':
      return texts('relation.enlarge', { number });
    case 'retry':
    case null:
      return null;
  }
}

function title({ request, options, requesterName, texts }: StatusInput): string {
  const prompt = shorten(options.typedPrompt, 200);
  const relation = relationText(request, texts);
  return relation === null
    ? texts('status.title', { prompt, name: requesterName })
    : texts('status.titleRelated', { prompt, name: requesterName, relation });
}

/** Where it stands and when it is ready. */
export function waitingLines(live: LiveState, texts: Texts): string[] {
  const { position } = live;
  const lines: string[] = [];
  if (live.isStopping) return [texts('status.stopping')];
  if (position === null) lines.push(texts('status.starting'));
  else lines.push(reasonLine(position, texts));
  if (!live.hasWorker) lines.push(texts('status.noWorker'));
  else if (live.secondsLeft !== null) {
    lines.push(texts('status.readyIn', { time: formatDuration(live.secondsLeft, texts) }));
  }
  return lines;
}

function reasonLine({ place, peopleBefore: people, ownBefore: count }: Position, texts: Texts) {
  if (people > 0 && count > 0) return texts('status.bothBefore', { place, people, count });
  if (people > 0) return texts('status.peopleBefore', { place, people });
  if (count > 0) return texts('status.ownBefore', { place, count });
  return texts('status.next');
}

export function runningLines(live: LiveState, texts: Texts): string[] {
  if (live.isStopping) return [texts('status.stopping')];
  const lines = [texts('status.running')];
  if (live.note !== null) lines.push(live.note);
  return lines;
}

function progress({ options, texts }: StatusInput, live: LiveState, step: Step) {
  const count = options.seeds.length;
  return {
    done: (step.candidate - 1) * step.steps + step.step,
    total: count * step.steps,
    text: progressText(count, live, step, texts),
  };
}

/** The step bar in words. */
export function progressText(count: number, live: LiveState, step: Step, texts: Texts): string {
  const parts = [
    texts('status.progress', {
      number: step.candidate, count, step: step.step, steps: step.steps,
    }), // prettier-ignore
    texts('status.perStep', { seconds: formatStep(step.secondsPerStep) }),
  ];
  if (live.secondsLeft !== null && live.secondsLeft > 1) {
    parts.push(texts('status.left', { time: formatDuration(live.secondsLeft, texts) }));
  }
  return parts.join(' · ');
}

const formatStep = (seconds: number) =>
  seconds < 10 ? seconds.toPrecision(2) : String(Math.round(seconds));

function endingLines({ request, options, texts }: StatusInput, ending: Ending): string[] {
  if (ending.state === 'done') {
    const time = formatDuration(ending.seconds, texts);
    return [texts('status.done', { count: ending.pictures, time }), ...options.notes];
  }
  if (ending.state === 'cancelled') {
    const { pictures } = ending;
    return pictures === 0
      ? [texts('status.cancelled')]
      : [texts('status.cancelledAfter', { count: pictures, of: options.seeds.length })];
  }
  return [
    explainFailure(ending.code, ending.message, texts),
    texts('status.jobId', { id: request.shortId }),
  ];
}

export function cancelControl(requestId: string, texts: Texts): Control {
  return {
    id: `cancel:${requestId}`,
    action: 'cancel',
    label: texts('control.cancel'),
    style: 'danger',
  };
}
