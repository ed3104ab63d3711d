import type { OptionDescription, Suggestion } from '../../../types/command.ts';
import type { ConsoleModel } from '../../../types/console.ts';
import { titleOf } from './command-line.ts';
import { el, replace } from '../ui/dom.ts';
import { locale, t } from '../texts/locale.ts';

/** One field of the options form. The empty text is "not given". */
export interface OptionField {
  element: HTMLElement;
  get(): string;
  set(value: string): void;
}

export interface FieldOptions {
  option: OptionDescription;
  /** The one that will draw: its limits are narrower than the option's own. */
  model: ConsoleModel | undefined;
  suggest(): Promise<Suggestion[]>;
  onChange(): void;
}

export interface NumberLimits {
  min: number;
  max: number;
  /** What is taken where nothing is given; null: that is not known. */
  usual: number | null;
}

export function attributesOf({ option }: FieldOptions, id: string): Record<string, unknown> {
  const { name, maxLength } = option;
  return { id, name, maxlength: maxLength, autocomplete: 'off', 'aria-describedby': `${id}-hint` };
}

export function plainField(
  input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  onChange: () => void,
): OptionField {
  input.addEventListener('input', onChange);
  return {
    element: input,
    get: () => input.value.trim(),
    set: (value) => {
      input.value = value;
    },
  };
}

export function selectField(
  options: FieldOptions,
  id: string,
  labels: string[],
  values: string[],
): OptionField {
  const select = el(
    'select',
    attributesOf(options, id),
    el('option', { value: '' }, t('form.default')),
    ...values.map((value, i) => el('option', { value }, labels[i])),
  );
  return plainField(select, options.onChange);
}

/** A few whole numbers: one button each, pressed again it is taken back. */
export function buttonsField(
  { onChange }: FieldOptions,
  id: string,
  min: number,
  max: number,
): OptionField {
  let value = '';
  const numbers = Array.from({ length: max - min + 1 }, (_, i) => String(min + i));
  const buttons = numbers.map((number) =>
    el(
      'button',
      { type: 'button', 'aria-pressed': 'false', on: { click: () => press(number) } },
      number,
    ),
  );
  const element = el(
    'div',
    { class: 'segments', role: 'group', 'aria-labelledby': `${id}-label` },
    ...buttons,
  );

  function set(wanted: string): void {
    value = wanted;
    buttons.forEach((button, i) =>
      button.setAttribute('aria-pressed', String(numbers[i] === value)),
    );
  }
  function press(number: string): void {
    set(number === value ? '' : number);
    onChange();
  }
  return { element, get: () => value, set };
}

/** A number to type, with a slider over the values that are usual. */
export function sliderField(
  options: FieldOptions,
  id: string,
  { min, max, usual }: NumberLimits,
): OptionField {
  const { option, model, onChange } = options;
  const most = usual === null ? max : Math.min(max, Math.max(usual * 4, min + 8));
  const step = option.type === 'integer' ? 1 : 0.5;
  const input = el('input', {
    ...attributesOf(options, id), type: 'number', min, max, step: option.type === 'integer' ? 1 : 'any',
    placeholder: usual === null ? '' : String(usual), inputmode: 'decimal',
  }); // prettier-ignore
  const slider = el('input', {
    type: 'range', min, max: most, step, value: usual ?? min, 'aria-label': titleOf(option, locale),
    'aria-describedby': `${id}-hint`, data: { model: model?.name ?? '' },
  }); // prettier-ignore
  slider.addEventListener('input', () => {
    input.value = slider.value;
    onChange();
  });
  const field = plainField(input, () => {
    slider.value = input.value === '' ? String(usual ?? min) : input.value;
    onChange();
  });
  return {
    element: el('div', { class: 'slider' }, slider, input),
    get: field.get,
    set(value) {
      field.set(value);
      slider.value = value === '' ? String(usual ?? min) : value;
    },
  };
}

/** A text to type, with what is offered as buttons under it; sizes show their shape. */
export function suggestionsField(options: FieldOptions, id: string): OptionField {
  const { suggest, onChange } = options;
  const input = el('input', {
    ...attributesOf(options, id),
    type: 'text',
    placeholder: t('form.default'),
  });
  const pills = el('div', { class: 'pills' });
  const mark = () => {
    for (const pill of pills.children) {
      pill.setAttribute(
        'aria-pressed',
        String((pill as HTMLElement).dataset.value === input.value),
      );
    }
  };
  const field = plainField(input, () => {
    mark();
    onChange();
  });
  const set = (value: string) => {
    field.set(value);
    mark();
  };
  const pillOf = ({ label, value }: Suggestion) =>
    el(
      'button',
      {
        type: 'button', class: 'pill', 'aria-pressed': 'false', data: { value: String(value) },
        on: {
          click: () => {
            set(input.value === String(value) ? '' : String(value));
            onChange();
          },
        },
      },
      shapeOf(label),
      label,
    ); // prettier-ignore
  suggest().then(
    (offers) => {
      replace(pills, ...offers.slice(0, 12).map(pillOf));
      mark();
    },
    // The field can be typed into all the same.
    () => {},
  );
  return { element: el('div', {}, input, pills), get: field.get, set };
}

/** A small frame of the shape that a label such as "portrait (112x160)" names. */
function shapeOf(label: string): HTMLElement | null {
  const [, width, height] = /(\d+)x(\d+)/.exec(label) ?? [];
  if (!width || !height) return null;
  const shape = el('span', { class: 'shape', 'aria-hidden': 'true' });
  shape.style.aspectRatio = `${width} / ${height}`;
  shape.classList.toggle('shape-tall', Number(height) > Number(width));
  return shape;
}
