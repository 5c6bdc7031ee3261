/**
 * Registration and events, the same way for every element.
 *
 * Templates set `.style`, never `style`: a page's Content Security Policy refuses the attribute, and allows the property.
 */

/**
 * Registers an element, once: a page that carries two copies of this package keeps the first, where
 * `customElements.define` would throw and take the page's script down with it.
 */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element)
}

/** Sends an event of ours that bubbles out of every shadow root; false when a listener prevented its default. */
export function emit<Name extends PlayheadEventName>(
  from: HTMLElement,
  name: Name,
  detail: HTMLElementEventMap[Name]['detail'],
): boolean {
  return from.dispatchEvent(
    new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }),
  )
}

type PlayheadEventName = Extract<keyof HTMLElementEventMap, `playhead-${string}`>

/** Why a toast went away. */
export type ToastClosing = 'timeout' | 'closed'

declare global {
  interface HTMLElementEventMap {
    'playhead-seek': CustomEvent<{ positionSeconds: number }>
    'playhead-resume': CustomEvent<{ positionSeconds: number }>
    'playhead-start-over': CustomEvent<null>
    'playhead-resume-dismiss': CustomEvent<null>
    'playhead-toast-close': CustomEvent<{ reason: ToastClosing }>
    'playhead-open': CustomEvent<{ contentId: string }>
    'playhead-dismiss': CustomEvent<{ contentId: string }>
    'playhead-undo': CustomEvent<{ contentId: string }>
    'playhead-complete': CustomEvent<null>
    'playhead-reopen': CustomEvent<null>
  }
}
