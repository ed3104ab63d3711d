type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

/** An element with attributes, listeners (`onclick`) and children; never markup from data. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, value);
  }
  for (const child of children)
    if (child !== null && child !== false && child !== undefined) element.append(child);
  return element;
}

export function find(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

export interface Item {
  key: string;
  /** Built again only when this differs. */
  sign: string;
  build(): HTMLElement;
  /** What is in it and changes by itself. */
  fill?(element: HTMLElement): void;
}

const signs = new WeakMap<Element, string>();

/** Makes a list's elements those of the items; what did not change stays, with focus and pictures. */
export function sync(list: HTMLElement, items: Item[]): void {
  const known = new Map(
    [...list.children].map((child) => [(child as HTMLElement).dataset['key'], child]),
  );
  const wanted = items.map(({ key, sign, build, fill }) => {
    const old = known.get(key) as HTMLElement | undefined;
    const isSame = old !== undefined && signs.get(old) === sign;
    const element = isSame ? old : build();
    if (!isSame) {
      element.dataset['key'] = key;
      signs.set(element, sign);
      if (old) replace(old, element);
    }
    fill?.(element);
    return element;
  });
  const stays = new Set<Element>(wanted);
  [...list.children].filter((child) => !stays.has(child)).forEach((child) => child.remove());
  for (const [i, element] of wanted.entries())
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null);
}

/** Whoever stood on a button stands on the same one again. */
function replace(old: HTMLElement, element: HTMLElement): void {
  const focused = old.contains(document.activeElement)
    ? (document.activeElement as HTMLElement).dataset['focus']
    : undefined;
  old.replaceWith(element);
  if (focused === undefined) return;
  const all = [...element.querySelectorAll<HTMLElement>('[data-focus]')];
  all.find(({ dataset }) => dataset['focus'] === focused)?.focus();
}
