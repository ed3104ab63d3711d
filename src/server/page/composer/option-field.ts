import { titleOf } from './command-line.ts';
import { el, freshId } from '../ui/dom.ts';
import { locale, t } from '../texts/locale.ts';
import {
  attributesOf,
  buttonsField,
  plainField,
  selectField,
  sliderField,
  suggestionsField,
  type FieldOptions,
  type OptionField,
} from './option-controls.ts';

const mostButtons = 6;

export function createField(options: FieldOptions): OptionField {
  const { option } = options;
  const id = freshId(`option-${option.name}`);
  const control = controlFor(options, id);
  const isGroup = control.element.getAttribute('role') === 'group';
  const element = el(
    'div',
    { class: `field field-${option.name}${option.isLong ? ' field-long' : ''}` },
    el('label', isGroup ? { id: `${id}-label` } : { for: id }, titleOf(option, locale)),
    el('p', { class: 'field-hint', id: `${id}-hint` }, hintOf(options)),
    control.element,
  );
  return { ...control, element };
}

function controlFor(options: FieldOptions, id: string): OptionField {
  const { option } = options;
  const { choices, type, isLong, hasSuggestions } = option;
  const [min, max] = limitsOf(options);
  if (type === 'boolean')
    return selectField(options, id, [t('form.yes'), t('form.no')], ['true', 'false']);
  if (choices) {
    return selectField(options, id, choices.map(({ label }) => label[locale]), choices.map(({ value }) => String(value)));
  } // prettier-ignore
  if (type === 'integer' && max - min < mostButtons) return buttonsField(options, id, min, max);
  if (type !== 'string' && max <= 1000)
    return sliderField(options, id, { min, max, usual: defaultOf(options) });
  if (hasSuggestions) return suggestionsField(options, id);
  const input = isLong
    ? el('textarea', { ...attributesOf(options, id), rows: 2 })
    : el('input', {
        ...attributesOf(options, id),
        type: 'text',
        inputmode: type === 'string' ? 'text' : 'decimal',
      });
  return plainField(input, options.onChange);
}

function limitsOf({ option, model }: FieldOptions): [number, number] {
  const own =
    option.name === 'steps' ? model?.steps : option.name === 'cfg' ? model?.cfg : undefined;
  return [own?.min ?? option.min ?? 0, own?.max ?? option.max ?? Infinity];
}

function defaultOf({ option, model }: FieldOptions): number | null {
  if (option.name === 'steps') return model?.steps.default ?? null;
  if (option.name === 'cfg') return model?.cfg.default ?? null;
  return null;
}

function hintOf(options: FieldOptions): string {
  const { option, model } = options;
  const parts = [option.description[locale]];
  const [min, max] = limitsOf(options);
  const isTyped = max - min >= mostButtons;
  if (option.type !== 'string' && isTyped && max <= 1000) parts.push(t('form.range', { min, max }));
  if (option.name === 'size' && model) {
    const { min: least, max: most, multiple } = model.size;
    parts.push(t('form.sizeRange', { min: least, max: most, multiple }));
  }
  return parts.join(' · ');
}
