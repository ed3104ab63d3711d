import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const unwanted = {
  // A number or a tally beside a word is taken for its label, which says the same in a sentence.
  'label-content-name-mismatch': { enabled: false },
  // Takes what is scrolled half under the navigation for small: `smallTargetsOf` measures.
  'target-size': { enabled: false },
};
const rules: string[] = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What stands in the way of people who use a page with a screen reader, little sight or little light. */
export async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    ([values, without]): Promise<AxeResults> =>
      (window as unknown as { axe: typeof axe }).axe.run({
        runOnly: { type: 'tag', values },
        rules: without,
      }),
    [rules, unwanted] as const,
  );
  return violations.map(({ id, help, nodes }) => {
    const where = nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`);
    return `${id}: ${help}: ${where.join(' | ')}`;
  });
}

/**
 * How many pixels of a page stand beside its window. A phone's browser widens `innerWidth` to what
 * does not fit, so that one says nothing.
 */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** Controls that a finger hardly hits. Unit: CSS pixels. */
export function smallTargetsOf(page: Page, least = 40): Promise<string[]> {
  return page.evaluate((pixels) => {
    const controls = 'a, button, select, textarea, input:not([type=file])';
    return [...document.querySelectorAll<HTMLElement>(controls)]
      .filter((one) => one.checkVisibility() && !one.closest('.visually-hidden, .skip'))
      .flatMap((one) => {
        const { width, height } = (one.closest('label') ?? one).getBoundingClientRect();
        const isSmall = Math.min(width, height) < pixels - 0.5;
        return isSmall ? [`${one.outerHTML.slice(0, 120)} ${width}x${height}`] : [];
      });
  }, least);
}
