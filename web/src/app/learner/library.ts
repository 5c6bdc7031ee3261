import { Task } from '@lit/task'
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { ListedItem } from '../../api/types'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { failed, messageOf } from '../ui/failed'
import { keepRows, placeKept } from '../ui/place'
import '../ui/skeleton'
import '../ui/state'
import { cardStyles, cardView } from './card-view'
import { addressOf, choiceIn, chosen, counts, joined, type Card, type Choice } from './cards'
import { rowAfter, rowItems } from './continuing'
import { Later } from './later'
import './library-tools'
import { emptyLibrary } from './library-empty'
import { libraryStyles } from './library-styles'
import { LiveProgress } from './live-progress'
import { byContent, loadAssignments, loadCatalogue, loadContinuing, loadItems, loadProgress } from './loading'
import type { Assignment, CatalogueRow } from './records'
import { strings } from './strings'

/** So many cards at first, and more at a time: a catalogue may hold thousands. */
const CARDS_AT_ONCE = 48
const QUIET_MILLISECONDS = 400
const CARDS = 'cards'

/** Everything there is to watch and read, what one is in the middle of on top. */
@customElement('page-library')
export class PageLibrary extends LitElement {
  static override styles = [base, libraryStyles, cardStyles]

  @property({ attribute: false }) services!: Services

  @state() private catalogue: ReadonlyMap<string, CatalogueRow> = new Map()
  /** Items of the row that the catalogue shows no longer. */
  @state() private archived: ReadonlyMap<string, CatalogueRow> = new Map()
  @state() private progress: ReadonlyMap<string, ListedItem> = new Map()
  /** Null while the directory cannot say. */
  @state() private assignments: readonly Assignment[] | null = []
  @state() private continuing: readonly ListedItem[] | null = null
  @state() private choice: Choice = choiceIn(location.search)
  @state() private shown = placeKept().rows[CARDS] ?? CARDS_AT_ONCE

  private readonly local = new Localised(this, strings)
  readonly #loading = new Task(this, { task: () => this.#load(), args: () => [this.services] })
  /** Once shown it stays, so that dismissing the last item can be undone. */
  #rowShown = false
  /** Closes the message of a failed dismissal once one has worked or has been undone. */
  #closeMessage: () => void = () => undefined
  readonly #rowSoon = new Later(QUIET_MILLISECONDS, () => void this.#loadRow())

  constructor() {
    super()
    new LiveProgress(this, { snapshot: this.#onSnapshot, change: this.#onChange })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('pageshow', this.#onShow)
    addEventListener('popstate', this.#onPopState)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('pageshow', this.#onShow)
    removeEventListener('popstate', this.#onPopState)
    this.#rowSoon.cancel()
  }

  override willUpdate(changed: PropertyValues): void {
    this.services.title(this.local.t.library)
    if (changed.has('choice') && changed.get('choice') !== undefined) this.#show(CARDS_AT_ONCE)
  }

  override render() {
    return html`<div class="page-head"><h1>${this.local.t.library}</h1></div>
      ${this.#loading.render({
        initial: loadingView,
        pending: () => (this.catalogue.size === 0 ? loadingView() : this.#whole()),
        complete: () => this.#whole(),
        error: (reason) => failed(reason, this.local.lang, () => void this.#loading.run()),
      })}`
  }

  #whole(): TemplateResult {
    const cards = joined([...this.catalogue.values()], this.progress, this.assignments ?? [])
    if (cards.length === 0) return emptyLibrary('catalogue', this.local.t, null)
    const found = chosen(cards, this.choice)
    return html`${this.#row()}
      <library-tools
        .choice=${this.choice}
        .counts=${counts(cards, this.choice)}
        @library-choice=${this.#onChoice}
      ></library-tools>
      ${
        this.assignments === null
          ? html`<p class="badge warning" role="status">${this.local.t.requiredUnknown}</p>`
          : nothing
      }
      <p class="visually-hidden" role="status">${this.local.t.items(found.length)}</p>
      ${found.length === 0 ? this.#empty() : this.#cards(found)}`
  }

  #row(): unknown {
    this.#rowShown ||= this.continuing !== null && this.continuing.length > 0
    if (this.continuing === null || !this.#rowShown) return nothing
    const known = new Map([...this.archived, ...this.catalogue])
    return html`<playhead-continue-watching
      class="continue"
      .items=${rowItems(this.continuing, known, this.local.t.untitled)}
      @playhead-dismiss=${this.#onDismiss}
      @playhead-undo=${this.#onUndo}
    ></playhead-continue-watching>`
  }

  #cards(found: readonly Card[]): TemplateResult {
    const now = new Date()
    return html`<div class="grid">
        ${repeat(
          found.slice(0, this.shown),
          (card) => card.item.contentId,
          (card) => cardView(card, this.local, now),
        )}
      </div>
      ${
        found.length > this.shown
          ? html`<div class="more">
              <button class="button" @click=${this.#onMore}>${this.local.t.showMore}</button>
            </div>`
          : nothing
      }`
  }

  #empty(): TemplateResult {
    const { search, kind, filter } = this.choice
    const why = search !== '' || kind !== null ? 'search' : filter
    return emptyLibrary(why, this.local.t, () => {
      this.#choose({ ...this.choice, filter: 'all', kind: null, search: '' })
    })
  }

  /** Without the catalogue and one's progress there is no page; without the rest there is less of it. */
  async #load(): Promise<void> {
    const [catalogue, progress, assignments] = await Promise.all([
      loadCatalogue(this.services),
      loadProgress(this.services),
      loadAssignments(this.services).catch(() => null),
      this.#loadRow(),
    ])
    this.catalogue = byContent(catalogue)
    this.progress = byContent(progress)
    this.assignments = assignments
    await this.#nameArchived()
  }

  /** A failure leaves the row as it was: what one has begun is among the cards too. */
  async #loadRow(): Promise<void> {
    this.continuing = await loadContinuing(this.services).catch(() => this.continuing)
    if (this.catalogue.size > 0) await this.#nameArchived()
  }

  async #nameArchived(): Promise<void> {
    const ids = (this.continuing ?? []).map((each) => each.contentId)
    const missing = ids.filter((id) => !this.catalogue.has(id) && !this.archived.has(id))
    if (missing.length === 0) return
    const found = await loadItems(this.services, missing).catch(() => [])
    this.archived = new Map([...this.archived, ...byContent(found)])
  }

  async #dismiss(contentId: string, dismissed: boolean, row: EventTarget | null): Promise<void> {
    const { api } = this.services
    try {
      await api.read(
        api.client.PUT('/api/progress/{contentId}/dismissal', {
          params: { path: { contentId } },
          body: { dismissed },
        }),
      )
      this.#closeMessage()
      if (!dismissed) this.#rowSoon.soon()
    } catch (reason) {
      if (dismissed) (row as HTMLElementTagNameMap['playhead-continue-watching'] | null)?.restore(contentId)
      this.#closeMessage = this.services.notify(this.local.t.didNotWork(messageOf(reason)), 'problem')
    }
  }

  #choose(choice: Choice): void {
    this.choice = choice
    history.replaceState(history.state, '', `${location.pathname}${addressOf(choice)}`)
  }

  #show(cards: number): void {
    this.shown = cards
    keepRows(CARDS, cards)
  }

  readonly #onSnapshot = (items: readonly ListedItem[]): void => {
    this.progress = byContent(items)
    this.#rowSoon.soon()
  }

  readonly #onChange = (change: ListedItem): void => {
    this.progress = new Map(this.progress).set(change.contentId, change)
    const { items, stale } = rowAfter(this.continuing ?? [], change)
    this.continuing = items
    if (stale) this.#rowSoon.soon()
  }

  readonly #onChoice = (event: CustomEvent<Choice>): void => {
    this.#choose(event.detail)
  }

  readonly #onMore = (): void => {
    this.#show(this.shown + CARDS_AT_ONCE)
  }

  readonly #onDismiss = (event: CustomEvent<{ contentId: string }>): void => {
    void this.#dismiss(event.detail.contentId, true, event.currentTarget)
  }

  readonly #onUndo = (event: CustomEvent<{ contentId: string }>): void => {
    void this.#dismiss(event.detail.contentId, false, event.currentTarget)
  }

  readonly #onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) void this.#loading.run()
  }

  readonly #onPopState = (): void => {
    this.choice = choiceIn(location.search)
  }
}

function loadingView(): TemplateResult {
  return html`<ui-skeleton cards .count=${8}></ui-skeleton>`
}

declare global {
  interface HTMLElementTagNameMap {
    'page-library': PageLibrary
  }
}
