import { html, nothing, type TemplateResult } from 'lit'
import type { Formats } from '../../strings'
import { moment } from '../ui/moment'
import { shareOf } from './cells'
import type { Words } from './strings'
import type { TeamRow } from './types'

/** A team's figures, as its head and the list of teams have them. */
export function teamFigures(
  team: TeamRow,
  { t, format }: { readonly t: Words; readonly format: Formats },
): TemplateResult {
  const percent = (value: number | null): string => (value === null ? '–' : format.percent(value))
  const done = team.required === 0 ? 0 : (100 * team.completedRequired) / team.required
  return html`<dl class="card figures">
    ${stat(t.averageProgress, percent(team.progress), t.median(percent(team.medianProgress)))}
    ${stat(
      t.requiredDone,
      team.required === 0 ? '–' : format.percent(done),
      shareOf(team.completedRequired, team.required, format),
    )}
    ${stat(t.withOverdue, format.number(team.overdue), t.ofMembers(team.members))}
    ${stat(t.needsSupport, format.number(team.needsSupport), t.ofMembers(team.members))}
    ${stat(t.lastActive, moment(format, team.lastActivity, new Date(), t.never))}
  </dl>`
}

/** One figure: what it is, how much, and more of it. */
export function stat(
  label: string,
  figure: string | TemplateResult,
  more: string | TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="stat">
    <dt class="label">${label}</dt>
    <dd class="figure">${figure}</dd>
    ${more === nothing ? nothing : html`<dd class="small muted">${more}</dd>`}
  </div>`
}
