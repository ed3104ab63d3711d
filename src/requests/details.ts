import type { StoredCandidate } from '#src/store/candidates.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import type { Tally } from '#src/store/votes.ts';
import type { Texts } from '#src/texts/index.ts';
import { optionsOf } from './options.ts';
import { candidateInfo, settingsLine, tallyLine } from './results.ts';
import { relationText } from './status.ts';
import { formatBytes, formatDuration } from './wording.ts';

export interface DetailsInput {
  request: StoredRequest;
  candidates: StoredCandidate[];
  tally: Tally;
  parentShortId: string | null;
  texts: Texts;
}

/** Everything about a request, in lines. */
export function describeRequest(input: DetailsInput): string {
  const { request, candidates, tally, parentShortId, texts } = input;
  const options = optionsOf(request);
  const lines = [texts('details.prompt', { prompt: options.typedPrompt })];
  if (options.prompt !== options.typedPrompt)
    lines.push(texts('details.fullPrompt', { prompt: options.prompt }));
  if (options.negative !== '') lines.push(texts('details.negative', { prompt: options.negative }));
  lines.push(settingsLine(options, texts));
  if (options.variation) {
    const { baseSeed, strength } = options.variation;
    lines.push(texts('details.variation', { seed: baseSeed, strength }));
  }
  if (options.image) lines.push(texts('details.image', { strength: options.image.strength }));
  lines.push(...candidates.map((candidate) => candidateLine(candidate, texts)));
  const votes = tallyLine(tally, texts);
  if (votes !== null) lines.push(votes);
  const relation = relationText(request, texts);
  if (relation !== null)
    lines.push(texts('details.lineage', { relation, id: parentShortId ?? '?' }));
  if (request.seconds !== null)
    lines.push(texts('details.seconds', { time: formatDuration(request.seconds, texts) }));
  lines.push(texts('results.id', { id: request.shortId }));
  return lines.join('\n');
}

function candidateLine({ number, seed, info }: StoredCandidate, texts: Texts): string {
  const line = texts('details.candidate', { number, seed });
  const known = candidateInfo.safeParse(info);
  if (!known.success) return line;
  const { seconds, peakBytes, device } = known.data;
  const time = formatDuration(seconds.text + seconds.denoise + seconds.decode, texts);
  const parts = [line, time, device];
  if (peakBytes !== null) parts.push(formatBytes(peakBytes));
  return parts.join(' · ');
}
