import { z } from 'zod';
import { drawSettings } from '#src/queue/jobs.ts';
import type { StoredRequest } from '#src/store/requests.ts';

/** What a request's row keeps of it: everything that is drawn, and what people said. */
export const requestOptions = drawSettings.extend({
  /** Before the style was applied. */
  typedPrompt: z.string(),
  style: z.string().nullable(),
  /** Sentences in the requester's language: things that work but may surprise. */
  notes: z.array(z.string()).default([]),
});
export type RequestOptions = z.output<typeof requestOptions>;

export function optionsOf(request: Pick<StoredRequest, 'options'>): RequestOptions {
  return requestOptions.parse(request.options);
}

/** Every word that reaches the model, and how it was typed. */
export function wordsOf(options: Pick<RequestOptions, 'typedPrompt' | 'prompt' | 'negative'>) {
  return [options.typedPrompt, options.prompt, options.negative].join('\n');
}

/** The part of it that a worker needs. */
export function drawOf(options: RequestOptions) {
  return drawSettings.parse(options);
}
