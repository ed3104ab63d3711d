import { discordError, FormFaults } from './errors.ts';
import { isObject, toObjects, toText, type Json } from './json.ts';

const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** The keys that Discord knows; Chinese is `zh-CN` and `zh-TW`, never `zh-Hans`. */
export const knownLocales: readonly string[] =
  'ar bg cs da de el en-GB en-US es-419 es-ES fi fr he hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi zh-CN zh-TW'.split(
    ' ',
  );

const maxPerType: Record<number, number> = { 1: 100, 2: 15, 3: 15 };

/** Checks a whole list as `PUT …/commands` takes it, and throws on the first bad command's faults. */
export function checkCommandList(list: unknown): void {
  const faults = new FormFaults();
  const commands = toObjects(list);
  const names = new Set<string>();
  const counts = new Map<number, number>();
  for (const [index, command] of commands.entries()) {
    const type = Number(command['type'] ?? 1);
    const path = `${index}`;
    const key = `${type}:${toText(command['name'])}`;
    if (names.has(key))
      faults.add(
        `${path}.name`,
        'APPLICATION_COMMANDS_DUPLICATE_NAME',
        'Application command names must be unique',
      );
    names.add(key);
    counts.set(type, (counts.get(type) ?? 0) + 1);
    checkCommand(faults, path, command, type);
  }
  faults.throwIfAny();
  for (const [type, count] of counts) {
    if (count > (maxPerType[type] ?? 0)) throw discordError('tooManyCommands');
  }
}

function checkCommand(faults: FormFaults, path: string, command: Json, type: number): void {
  if (type === 1) {
    checkNames(faults, path, command);
    checkOptions(faults, path, command['options'], 'command');
  } else {
    faults.text(`${path}.name`, command['name'], 1, 32, true);
    checkLocales(faults, `${path}.name_localizations`, command['name_localizations'], 1, 32);
    if (toText(command['description']) !== '' || toObjects(command['options']).length > 0) {
      faults.add(
        path,
        'APPLICATION_COMMAND_INVALID_FIELDS',
        'Context menu commands cannot have a description or options',
      );
    }
  }
  if (measureCommand(command) > 8000) {
    faults.add(path, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
  }
  for (const [field, maximum] of [
    ['contexts', 2],
    ['integration_types', 1],
  ] as const) {
    const values = command[field];
    if (!Array.isArray(values)) continue;
    if (values.some((value) => !Number.isInteger(value) || value < 0 || value > maximum)) {
      faults.add(
        `${path}.${field}`,
        'BASE_TYPE_CHOICES',
        `Values must be between 0 and ${maximum}.`,
      );
    }
  }
}

function checkNames(faults: FormFaults, path: string, entry: Json): void {
  checkName(faults, `${path}.name`, entry['name']);
  faults.text(`${path}.description`, entry['description'], 1, 100, true);
  checkLocales(faults, `${path}.name_localizations`, entry['name_localizations'], 1, 32);
  checkLocales(
    faults,
    `${path}.description_localizations`,
    entry['description_localizations'],
    1,
    100,
  );
  const names = entry['name_localizations'];
  if (!isObject(names)) return;
  for (const [locale, name] of Object.entries(names)) {
    checkName(faults, `${path}.name_localizations.${locale}`, name);
  }
}

function checkName(faults: FormFaults, path: string, value: unknown): void {
  faults.text(path, value, 1, 32, true);
  if (typeof value !== 'string') return;
  if (!namePattern.test(value) || value !== value.toLowerCase()) {
    faults.add(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
}

function checkLocales(
  faults: FormFaults,
  path: string,
  value: unknown,
  min: number,
  max: number,
): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) {
    faults.add(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
    return;
  }
  for (const [locale, text] of Object.entries(value)) {
    if (!knownLocales.includes(locale)) {
      faults.add(
        `${path}.${locale}`,
        'ENUM_TYPE_COERCE',
        `Value "${locale}" is not a valid enum value.`,
      );
    }
    faults.text(`${path}.${locale}`, text, min, max);
  }
}

function checkOptions(
  faults: FormFaults,
  path: string,
  value: unknown,
  parent: 'command' | 'group' | 'sub-command',
): void {
  const options = toObjects(value);
  if (options.length > 25)
    faults.add(`${path}.options`, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  const names = new Set<string>();
  let hasOptional = false;
  const hasSub = options.some((option) => option['type'] === 1 || option['type'] === 2);
  for (const [index, option] of options.entries()) {
    const at = `${path}.options.${index}`;
    const type = Number(option['type']);
    checkNames(faults, at, option);
    if (names.has(toText(option['name'])))
      faults.add(
        `${at}.name`,
        'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
        'Option name already exists',
      );
    names.add(toText(option['name']));
    if (!Number.isInteger(type) || type < 1 || type > 11) {
      faults.add(
        `${at}.type`,
        'BASE_TYPE_CHOICES',
        'Value must be one of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).',
      );
      continue;
    }
    if (type <= 2) {
      const fits = parent === 'command' || (parent === 'group' && type === 1);
      if (!fits)
        faults.add(
          `${at}.type`,
          'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
          'Sub-command option type is invalid here',
        );
      checkOptions(faults, at, option['options'], type === 2 ? 'group' : 'sub-command');
      continue;
    }
    if (hasSub)
      faults.add(
        `${at}.type`,
        'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
        'Sub-commands and options cannot be mixed',
      );
    if (option['required'] === true && hasOptional) {
      faults.add(
        at,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    if (option['required'] !== true) hasOptional = true;
    checkValueOption(faults, at, option, type);
  }
}

function checkValueOption(faults: FormFaults, path: string, option: Json, type: number): void {
  const choices = toObjects(option['choices']);
  const canSuggest = type === 3 || type === 4 || type === 10;
  if (choices.length > 25)
    faults.add(`${path}.choices`, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
  if (choices.length > 0 && option['autocomplete'] === true) {
    faults.add(
      path,
      'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
      'Autocomplete and choices cannot both be set',
    );
  }
  if (!canSuggest && (choices.length > 0 || option['autocomplete'] === true)) {
    faults.add(
      path,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'This option type cannot have choices or autocomplete',
    );
  }
  for (const [index, choice] of choices.entries()) {
    const at = `${path}.choices.${index}`;
    faults.text(`${at}.name`, choice['name'], 1, 100, true);
    checkLocales(faults, `${at}.name_localizations`, choice['name_localizations'], 1, 100);
    if (type === 3) faults.text(`${at}.value`, choice['value'], 1, 100, true);
    else if (typeof choice['value'] !== 'number')
      faults.add(
        `${at}.value`,
        'NUMBER_TYPE_COERCE',
        `Value "${String(choice['value'])}" is not a number.`,
      );
    else if (type === 4 && !Number.isInteger(choice['value']))
      faults.add(`${at}.value`, 'NUMBER_TYPE_COERCE', 'Value is not an integer.');
  }
  checkBounds(faults, path, option, 'length', type === 3, 0, 6000);
  checkBounds(
    faults,
    path,
    option,
    'value',
    type === 4 || type === 10,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  );
}

function checkBounds(
  faults: FormFaults,
  path: string,
  option: Json,
  kind: 'length' | 'value',
  isAllowed: boolean,
  floor: number,
  ceiling: number,
): void {
  const [minimum, maximum] = [option[`min_${kind}`], option[`max_${kind}`]];
  for (const [name, value] of [
    ['min', minimum],
    ['max', maximum],
  ] as const) {
    if (value === undefined || value === null) continue;
    const lowest = kind === 'length' && name === 'max' ? 1 : floor;
    if (!isAllowed || typeof value !== 'number' || value < lowest || value > ceiling) {
      faults.add(
        `${path}.${name}_${kind}`,
        'NUMBER_TYPE_MAX',
        `${name}_${kind} ${String(value)} does not fit this option.`,
      );
    }
  }
  if (typeof minimum === 'number' && typeof maximum === 'number' && minimum > maximum) {
    faults.add(
      path,
      'APPLICATION_COMMAND_OPTION_MIN_MAX',
      `min_${kind} must not be larger than max_${kind}`,
    );
  }
}

/** Characters of names, descriptions and values; of each localised text the longest counts. */
export function measureCommand(entry: Json): number {
  const own =
    longest(entry['name'], entry['name_localizations']) +
    longest(entry['description'], entry['description_localizations']);
  const choices = toObjects(entry['choices']).reduce(
    (sum, choice) =>
      sum +
      longest(choice['name'], choice['name_localizations']) +
      String(choice['value'] ?? '').length,
    0,
  );
  return toObjects(entry['options']).reduce(
    (sum, option) => sum + measureCommand(option),
    own + choices,
  );
}

function longest(text: unknown, localized: unknown): number {
  const texts = [text, ...(isObject(localized) ? Object.values(localized) : [])];
  return Math.max(...texts.map((entry) => toText(entry).length));
}
