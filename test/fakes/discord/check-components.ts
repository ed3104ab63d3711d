import type { FormFaults } from './errors.ts';
import { dropNulls, isObject, toObjects, toText, type Json } from './json.ts';

const selectTypes = [3, 5, 6, 7, 8];

/** Checks the rows of a classic message: at most 5 rows of 5 buttons or one menu, ids unique. */
export function checkMessageComponents(
  faults: FormFaults,
  components: unknown,
  isV2: boolean,
): void {
  const rows = toObjects(components);
  const customIds = new Set<string>();
  if (isV2) {
    const total = rows.reduce((sum, row) => sum + countComponents(row), 0);
    if (total > 40)
      faults.add(
        'components',
        'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
        'The maximum number of components is 40.',
      );
    const textLength = rows.reduce((sum, row) => sum + countText(row), 0);
    if (textLength > 4000)
      faults.add(
        'components',
        'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
        'Components displayable text size exceeds maximum size of 4000.',
      );
  } else if (rows.length > 5) {
    faults.count('components', rows.length, 1, 5);
  }
  for (const [index, row] of rows.entries()) {
    const path = `components.${index}`;
    if (row['type'] === 1) checkRow(faults, path, row, customIds);
    else if (!isV2)
      faults.add(
        `${path}.type`,
        'UNION_TYPE_CHOICES',
        'Value of field "type" must be one of (1,).',
      );
    else checkNested(faults, path, row, customIds);
  }
}

function checkNested(
  faults: FormFaults,
  path: string,
  component: Json,
  customIds: Set<string>,
): void {
  for (const [index, child] of toObjects(component['components']).entries()) {
    const childPath = `${path}.components.${index}`;
    if (child['type'] === 1) checkRow(faults, childPath, child, customIds);
    else checkNested(faults, childPath, child, customIds);
  }
  const accessory = component['accessory'];
  if (isObject(accessory) && accessory['type'] === 2) {
    checkButton(faults, `${path}.accessory`, accessory, customIds);
  }
}

function checkRow(faults: FormFaults, path: string, row: Json, customIds: Set<string>): void {
  const children = toObjects(row['components']);
  faults.count(`${path}.components`, children.length, 1, 5);
  const hasSelect = children.some((child) => selectTypes.includes(Number(child['type'])));
  if (hasSelect && children.length > 1) {
    faults.add(
      `${path}.components`,
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
      'The specified component exceeds the maximum width',
    );
  }
  for (const [index, child] of children.entries()) {
    const childPath = `${path}.components.${index}`;
    if (child['type'] === 2) checkButton(faults, childPath, child, customIds);
    else if (hasSelect) checkSelect(faults, childPath, child, customIds);
    else
      faults.add(
        `${childPath}.type`,
        'UNION_TYPE_CHOICES',
        'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).',
      );
  }
}

function checkCustomId(
  faults: FormFaults,
  path: string,
  value: unknown,
  customIds: Set<string>,
): void {
  faults.text(`${path}.custom_id`, value, 1, 100, true);
  if (typeof value !== 'string') return;
  if (customIds.has(value)) {
    faults.add(
      `${path}.custom_id`,
      'COMPONENT_CUSTOM_ID_DUPLICATED',
      'Component custom id cannot be duplicated',
    );
  }
  customIds.add(value);
}

function checkButton(faults: FormFaults, path: string, button: Json, customIds: Set<string>): void {
  const style = button['style'];
  faults.text(`${path}.label`, button['label'], 0, 80);
  if (!Number.isInteger(style) || Number(style) < 1 || Number(style) > 6) {
    faults.add(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of (1, 2, 3, 4, 5, 6).');
    return;
  }
  if (style === 6) return;
  if (toText(button['label']) === '' && !isObject(button['emoji'])) {
    faults.add(path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or an emoji is required');
  }
  const hasId = button['custom_id'] !== undefined && button['custom_id'] !== null;
  const hasUrl = button['url'] !== undefined && button['url'] !== null;
  if (hasId && hasUrl) {
    faults.add(
      path,
      'BUTTON_COMPONENT_CUSTOM_ID_AND_URL',
      'A custom id and url cannot both be specified',
    );
  } else if (style === 5) {
    faults.text(`${path}.url`, button['url'], 1, 512, true);
  } else {
    checkCustomId(faults, path, button['custom_id'], customIds);
  }
}

/** Checks a menu's ids, texts and numbers; `path` is the menu's own. */
function checkSelect(faults: FormFaults, path: string, select: Json, customIds: Set<string>): void {
  checkCustomId(faults, path, select['custom_id'], customIds);
  faults.text(`${path}.placeholder`, select['placeholder'], 0, 150);
  const minimum = Number(select['min_values'] ?? 1);
  const maximum = Number(select['max_values'] ?? 1);
  if (minimum < 0 || minimum > 25)
    faults.add(`${path}.min_values`, 'NUMBER_TYPE_MAX', 'int value should be between 0 and 25.');
  if (maximum < 1 || maximum > 25)
    faults.add(`${path}.max_values`, 'NUMBER_TYPE_MAX', 'int value should be between 1 and 25.');
  if (minimum > maximum)
    faults.add(
      `${path}.min_values`,
      'SELECT_COMPONENT_MIN_VALUES_MAX',
      'min_values must not be larger than max_values',
    );
  if (select['type'] !== 3) return;
  const options = toObjects(select['options']);
  faults.count(`${path}.options`, options.length, 1, 25);
  if (maximum > options.length)
    faults.add(
      `${path}.max_values`,
      'SELECT_COMPONENT_MAX_VALUES',
      'max_values must not exceed the number of options',
    );
  const seen = new Set<string>();
  for (const [index, option] of options.entries()) {
    const optionPath = `${path}.options.${index}`;
    faults.text(`${optionPath}.label`, option['label'], 1, 100, true);
    faults.text(`${optionPath}.value`, option['value'], 1, 100, true);
    faults.text(`${optionPath}.description`, option['description'], 0, 100);
    const value = toText(option['value']);
    if (seen.has(value))
      faults.add(
        `${optionPath}.value`,
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    seen.add(value);
  }
}

/** Checks a modal: title, id, 1 to 5 components, each a Label, a text or an old row with an input. */
export function checkModal(faults: FormFaults, modal: Json): void {
  faults.text('data.title', modal['title'], 1, 45, true);
  faults.text('data.custom_id', modal['custom_id'], 1, 100, true);
  const components = toObjects(modal['components']);
  faults.count('data.components', components.length, 1, 5);
  const customIds = new Set<string>();
  for (const [index, component] of components.entries()) {
    const path = `data.components.${index}`;
    if (component['type'] === 18) {
      faults.text(`${path}.label`, component['label'], 1, 45, true);
      faults.text(`${path}.description`, component['description'], 1, 100);
      const child = component['component'];
      if (isObject(child)) checkModalInput(faults, `${path}.component`, child, customIds);
      else faults.add(`${path}.component`, 'BASE_TYPE_REQUIRED', 'This field is required');
    } else if (component['type'] === 1) {
      const children = toObjects(component['components']);
      faults.count(`${path}.components`, children.length, 1, 1);
      for (const child of children) {
        checkModalInput(faults, `${path}.components.0`, child, customIds);
        faults.text(`${path}.components.0.label`, child['label'], 1, 45, true);
      }
    } else if (component['type'] !== 10) {
      faults.add(
        `${path}.type`,
        'UNION_TYPE_CHOICES',
        'Value of field "type" must be one of (1, 10, 18).',
      );
    }
  }
}

function checkModalInput(
  faults: FormFaults,
  path: string,
  input: Json,
  customIds: Set<string>,
): void {
  if (selectTypes.includes(Number(input['type']))) {
    checkSelect(faults, path, input, customIds);
    return;
  }
  checkCustomId(faults, path, input['custom_id'], customIds);
  if (input['type'] !== 4) return;
  faults.text(`${path}.placeholder`, input['placeholder'], 0, 100);
  faults.text(`${path}.value`, input['value'], 0, 4000);
  const minimum = Number(input['min_length'] ?? 0);
  const maximum = Number(input['max_length'] ?? 4000);
  if (minimum < 0 || minimum > 4000)
    faults.add(`${path}.min_length`, 'NUMBER_TYPE_MAX', 'int value should be between 0 and 4000.');
  if (maximum < 1 || maximum > 4000)
    faults.add(`${path}.max_length`, 'NUMBER_TYPE_MAX', 'int value should be between 1 and 4000.');
  if (minimum > maximum)
    faults.add(
      `${path}.min_length`,
      'TEXT_INPUT_MIN_LENGTH_MAX',
      'min_length must not be larger than max_length',
    );
  const length = [...toText(input['value'])].length;
  if (length > maximum || (length > 0 && length < minimum)) {
    faults.add(
      `${path}.value`,
      'BASE_TYPE_BAD_LENGTH',
      `Must be between ${minimum} and ${maximum} in length.`,
    );
  }
}

function countComponents(component: Json): number {
  const children = toObjects(component['components']);
  const accessory = isObject(component['accessory']) ? 1 : 0;
  return 1 + accessory + children.reduce((sum, child) => sum + countComponents(child), 0);
}

function countText(component: Json): number {
  const own = component['type'] === 10 ? [...toText(component['content'])].length : 0;
  return toObjects(component['components']).reduce((sum, child) => sum + countText(child), own);
}

/** Gives every component of a message its number, as Discord does where none was sent. */
export function numberComponents(components: unknown): Json[] {
  let next = 1;
  const visit = (component: Json): Json => {
    const numbered = dropNulls(component);
    if (typeof component['id'] !== 'number' || component['id'] === 0) numbered['id'] = next;
    next += 1;
    if (component['type'] === 17) {
      numbered['accent_color'] ??= null;
      numbered['spoiler'] ??= false;
    } else if (selectTypes.includes(Number(component['type']))) {
      numbered['min_values'] ??= 1;
      numbered['max_values'] ??= 1;
    }
    if (Array.isArray(component['components'])) {
      numbered['components'] = toObjects(component['components']).map(visit);
    }
    if (isObject(component['accessory'])) numbered['accessory'] = visit(component['accessory']);
    if (isObject(component['component'])) numbered['component'] = visit(component['component']);
    return numbered;
  };
  return toObjects(components).map(visit);
}
