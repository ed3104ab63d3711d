import type { Texts } from '#src/texts/index.ts';

/** A request's page in the console, for people elsewhere; null where they do not reach it. */
export function requestLink(publicUrl: string | null, requestId: string): string | null {
  return publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/#/r/${requestId}`;
}

/** Where pictures are that chat does not show, in one line. */
export function whereabouts(publicUrl: string | null, requestId: string, texts: Texts): string {
  const link = requestLink(publicUrl, requestId);
  return link === null ? texts('status.picturesKept') : texts('status.picturesAt', { link });
}
