/** What the components' tests share; no part of the package. */
import type { LitElement } from 'lit'

/** Puts an element on the page, rendered. */
export async function mounted<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
): Promise<HTMLElementTagNameMap[Name]> {
  const element = Object.assign(document.createElement(name), properties)
  document.body.append(element)
  await (element as unknown as LitElement).updateComplete
  return element
}

/** The one element in the shadow root that matches; throws when there is none. */
export function inside(element: HTMLElement, selector: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(selector)
  if (!found) throw new Error(`no ${selector} in <${element.localName}>`)
  return found
}

/** All that match in the shadow root. */
export function allInside(element: HTMLElement, selector: string): HTMLElement[] {
  return Array.from(element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])
}

/** Text as a reader sees it: runs of space are one, Intl's direction marks count for nothing. */
export function seen(element: HTMLElement): string {
  return spoken(element.textContent)
}

export function spoken(text: string | null): string {
  return (text ?? '')
    .replace(/[\u200E\u200F\u061C]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
}

/** Collects the details of the events of a name that reach the document. */
export function heard(name: keyof HTMLElementEventMap): unknown[] {
  const details: unknown[] = []
  const controller = new AbortController()
  cleanUps.push(() => {
    controller.abort()
  })
  document.addEventListener(name, (event) => details.push((event as CustomEvent).detail), {
    signal: controller.signal,
  })
  return details
}

/** Empties the page between tests. */
export function cleanPage(): void {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
  document.body.replaceChildren()
  document.documentElement.removeAttribute('lang')
  document.documentElement.removeAttribute('dir')
}

const cleanUps: (() => void)[] = []

/** A key pressed on an element; false when its default was prevented. */
export function press(element: HTMLElement, key: string, more: KeyboardEventInit = {}): boolean {
  return element.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...more }),
  )
}
