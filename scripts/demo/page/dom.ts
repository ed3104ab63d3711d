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

/** `**bold**` or `*bold*`, mentions by name, one line each. */
export function rich(text: string, nameOf: (id: string) => string): HTMLElement[] {
  return text.split('\n').map((line) => {
    const plain = line
      .replaceAll('&amp;', '&')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll(/\\([^\w\s])/g, '$1');
    const parts = plain.split(/(\*\*[^*]+\*\*|\*[^*]+\*|<@\w+>|`[^`]+`)/).map((part) => {
      if (/^\*\*.+\*\*$/.test(part)) return h('b', {}, part.slice(2, -2));
      if (/^\*.+\*$/.test(part)) return h('b', {}, part.slice(1, -1));
      if (/^`.+`$/.test(part)) return h('code', {}, part.slice(1, -1));
      const mention = /^<@(\w+)>$/.exec(part)?.[1];
      return mention === undefined ? part : h('span', { class: 'mention' }, `@${nameOf(mention)}`);
    });
    return h('p', {}, ...parts);
  });
}
