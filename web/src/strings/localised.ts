/** The language of the place an element stands in, kept as the page changes it. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Catalogue, Translation } from './catalogue'
import { formats, type Formats } from './formats'

/** A controller that gives a Lit element its messages and formats, and renders again when the language changes. */
export class Localised<M> implements ReactiveController {
  #lang: string

  constructor(
    // Not LitElement: comparing with it would need the type of render(), which needs that of this very controller.
    private readonly host: ReactiveControllerHost & Element,
    private readonly catalogue: Catalogue<M>,
  ) {
    this.#lang = ''
    host.addController(this)
  }

  hostConnected(): void {
    watchers.add(this)
    if (watchers.size === 1) watchDocument()
    this.resolve()
  }

  hostDisconnected(): void {
    watchers.delete(this)
    if (watchers.size === 0) observer?.disconnect()
  }

  /** Looks again; for who changes `lang` within a shadow root, which a document's observer does not see. */
  resolve(): void {
    const lang = closestLang(this.host)
    if (lang === this.#lang) return
    this.#lang = lang
    this.host.requestUpdate()
  }

  /** The BCP 47 tag in force, '' when the page declares none. */
  get lang(): string {
    return this.#lang
  }

  /** The messages in that language. */
  get t(): Translation<M> {
    return this.catalogue(this.#lang)
  }

  /** The number, time and date formats of that language; of the messages' own when they fall back to English. */
  get format(): Formats {
    return formats(this.#lang)
  }
}

/** The `lang` of the closest element that has one, the element itself included, out through shadow roots. */
export function closestLang(element: Element): string {
  const declared = element.closest('[lang]')?.getAttribute('lang')
  if (declared != null) return declared
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? closestLang(root.host) : ''
}

// One observer for every element on the page: a library of a hundred cards is not a hundred observers.
const watchers = new Set<Localised<never>>() as Set<{ resolve(): void }>
let observer: MutationObserver | undefined

function watchDocument(): void {
  observer ??= new MutationObserver(() => {
    for (const watcher of watchers) watcher.resolve()
  })
  observer.observe(document.documentElement, { attributeFilter: ['lang'], subtree: true })
}
