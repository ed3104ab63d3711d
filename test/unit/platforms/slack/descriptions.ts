import type { CommandDescription, OptionDescription } from '#src/types/command.ts';

/** A command description with nothing but what a test names. */
export function describe(
  name: string,
  chinese: string,
  options: OptionDescription[] = [],
  hasForm = false,
): CommandDescription {
  return {
    name,
    localName: { en: name, 'zh-CN': chinese },
    description: { en: `The ${name} command`, 'zh-CN': chinese },
    options,
    isForLeads: false,
    hasForm,
  };
}

export function describeOption(
  name: string,
  rest: Partial<OptionDescription> = {},
): OptionDescription {
  return {
    name,
    type: 'string',
    isRequired: false,
    description: { en: `What ${name} is`, 'zh-CN': `${name} 是什么` },
    localName: { en: name, 'zh-CN': name },
    hasSuggestions: false,
    isLong: false,
    ...rest,
  };
}
