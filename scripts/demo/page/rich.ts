import type { PlatformName } from '../state.ts';
import { h } from './dom.ts';
import { nameOfId } from './people.ts';

type Part = HTMLElement | string;
interface Rule {
  pattern: RegExp;
  show(match: RegExpExecArray): Part;
}

const mention = (platform: PlatformName): Rule => ({
  pattern: /<@!?(\w+)>/,
  show: (match) => h('span', { class: 'mention' }, `@${nameOfId(platform, match[1] ?? '')}`),
});
const code: Rule = { pattern: /`([^`\n]+)`/, show: (match) => h('code', {}, match[1]) };

/** What comes first in a text wins; of two at the same place the first of these. */
const rules: Record<PlatformName, Rule[]> = {
  discord: [
    { pattern: /\\([^\w\s])/, show: (match) => match[1] ?? '' },
    {
      pattern: /\*\*((?:\\.|[^\\])+?)\*\*/,
      show: (match) => h('strong', {}, ...parts(match[1] ?? '', 'discord')),
    },
    mention('discord'),
    code,
  ],
  slack: [
    {
      pattern: /\*([^*\n]+)\*/,
      show: (match) => h('strong', {}, ...parts(match[1] ?? '', 'slack')),
    },
    mention('slack'),
    code,
    { pattern: /&(amp|lt|gt);/, show: (match) => entities[match[1] ?? ''] ?? '' },
  ],
};
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>' };

/** A message's text as its platform shows it, one paragraph a line. */
export function rich(text: string, platform: PlatformName): HTMLElement[] {
  return text.split('\n').map((line) => {
    const bar = /^(▰*)(▱*) (.*)$/.exec(line);
    if (!bar || bar[1] + (bar[2] ?? '') === '') return h('p', {}, ...parts(line, platform));
    const steps = h('span', { class: 'steps' }, `${bar[1]}${bar[2]}`);
    return h('p', { class: 'progress' }, steps, ' ', ...parts(bar[3] ?? '', platform));
  });
}

function parts(text: string, platform: PlatformName): Part[] {
  const shown: Part[] = [];
  let left = text;
  while (left !== '') {
    const found = rules[platform]
      .map((rule) => ({ rule, match: rule.pattern.exec(left) }))
      .filter((one): one is { rule: Rule; match: RegExpExecArray } => one.match !== null)
      .toSorted((a, b) => a.match.index - b.match.index)[0];
    if (!found) return [...shown, left];
    const { rule, match } = found;
    shown.push(left.slice(0, match.index), rule.show(match));
    left = left.slice(match.index + match[0].length);
  }
  return shown;
}
