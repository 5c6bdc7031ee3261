import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import '../activity/by-day'
import { base } from '../ui/base'
import '../ui/completions-by-year'
import { icon } from '../ui/icon'
import { moment } from '../ui/moment'
import { shareOf } from './cells'
import { failed } from '../ui/failed'
import { Latest } from '../ui/latest'
import './person-items'
import './person-required'
import './person-sessions'
import { strings } from './strings'
import { managerStyles } from './styles'
import { stat } from './team-figures'
import type { PersonFigures } from './types'

/** One person: figures, what is required of them, what they opened, and their sessions. */
@customElement('page-person')
export class PagePerson extends LitElement {
  static override styles = [base, managerStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) userId = ''

  private readonly local = new Localised(this, strings)
  private readonly person = new Latest<PersonFigures>(this, () => {
    const { api } = this.services
    return api.read(api.client.GET('/api/people/{userId}', { params: { path: { userId: this.userId } } }))
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('userId')) return
    void this.person.replace()
  }

  override render() {
    const { t, lang } = this.local
    const person = this.person.value
    this.services.title(person?.name ?? t.person)
    if (person === undefined) {
      const { failure } = this.person
      if (failure === null) return html`<ui-skeleton></ui-skeleton>`
      return failed(failure, lang, () => void this.person.refresh())
    }
    return html`${this.#head(person)} ${this.#figures(person)}
      <activity-by-day class="section" .api=${this.services.api} .userId=${this.userId}></activity-by-day>
      <person-required
        class="section"
        .api=${this.services.api}
        .userId=${this.userId}
        @figures-followed=${this.#onFigures}
      ></person-required>
      <person-items
        class="section"
        .services=${this.services}
        .userId=${this.userId}
        .name=${person.name ?? t.unnamed}
        @acted-on-behalf=${this.#onFigures}
      ></person-items>
      <completions-by-year
        class="section"
        .api=${this.services.api}
        .userId=${this.userId}
        .address=${(contentId: string) => `/people/${this.userId}/items/${contentId}`}
      ></completions-by-year>
      <person-sessions class="section" .api=${this.services.api} .userId=${this.userId}></person-sessions>`
  }

  readonly #onFigures = (): void => {
    void this.person.refresh()
  }

  #head(person: PersonFigures): TemplateResult {
    const { t } = this.local
    return html`<header class="page-head">
      <div class="stack" style="--gap: 4px">
        <a class="back" href="/people">${icon('back')} ${t.peopleTitle}</a>
        <h1>${person.name ?? t.unnamed}</h1>
        <p class="row muted" style="--gap: 4px 12px">
          ${person.email === null ? nothing : html`<a href="mailto:${person.email}">${person.email}</a>`}
          ${person.teams.map((team) => html`<span class="badge">${team}</span>`)}
        </p>
      </div>
    </header>`
  }

  #figures(person: PersonFigures): TemplateResult {
    const { t, format } = this.local
    const { progress, required, requiredCompleted } = person
    const done = required === 0 ? '–' : format.percent((100 * requiredCompleted) / required)
    return html`<dl class="card figures">
      ${stat(t.overallProgress, progress === null ? '–' : format.percent(progress))}
      ${stat(t.requiredDone, done, shareOf(requiredCompleted, required, format))}
      ${stat(t.overdue, format.number(person.overdue))}
      ${stat(t.completedItems, format.number(person.completedItems), t.ofItems(person.items))}
      ${stat(t.watchTime, format.shortDuration(person.watchTimeSeconds))}
      ${stat(t.lastActive, moment(format, person.lastActive, new Date(), t.never))}
    </dl>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-person': PagePerson
  }
}
