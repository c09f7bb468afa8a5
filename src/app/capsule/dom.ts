/** Elements in a line each: the capsule's page has no framework, so that it still opens when there is none. */

type Props = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>>
export type Child = Node | string | undefined | false

/** `on…` properties are listeners, the others attributes; what is false or undefined is left out. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  props: Props = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as (event: Event) => void)
    else element.setAttribute(key, value === true ? '' : String(value))
  }
  element.append(...children.flat().filter((child): child is Node | string => child !== undefined && child !== false))
  return element
}

export function svg(
  name: string,
  props: Readonly<Record<string, string | number>>,
  ...children: readonly Node[]
): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(props)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}
