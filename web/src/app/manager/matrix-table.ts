/** The table of a team's matrix. The column of members stays in view while the items scroll in its own frame. */
import { css, html, nothing, type TemplateResult } from 'lit'
import type { Localised } from '../../strings'
import { pathWith } from '../ui/path'
import { sortHeader } from '../ui/sorting'
import type { Words } from './strings'
import type { MatrixCell, MatrixItem, MatrixMember } from './types'

export const matrixStyles = css`
  table.matrix {
    width: auto;
    min-width: 100%;
  }
  table.matrix thead th {
    vertical-align: bottom;
    white-space: normal;
  }
  table.matrix thead th.item {
    min-width: 11rem;
  }
  table.matrix .member,
  table.matrix thead th:first-child {
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
    min-width: 9rem;
    max-width: 16rem;
    background: var(--playhead-surface);
    border-inline-end: 1px solid var(--playhead-border);
  }
  table.matrix .title {
    display: block;
    color: var(--playhead-text);
    overflow-wrap: anywhere;
  }
  table.matrix ul {
    margin: 4px 0 0;
    padding: 0;
    list-style: none;
    font-weight: 400;
  }
  table.matrix td a {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 4px;
    align-items: center;
    min-height: 24px;
    color: inherit;
    text-decoration: none;
  }
  table.matrix td a:hover {
    text-decoration: underline;
  }
  @media (max-width: 700px) {
    table.matrix .member {
      min-width: 7rem;
      max-width: 9rem;
    }
  }
`

export interface Matrix {
  readonly teamId: string
  readonly columns: readonly MatrixItem[]
  readonly rows: readonly MatrixMember[]
  readonly sort: string
  readonly onSort: (sort: string) => void
}

type Local = Localised<Words>

/** Every figure above a column links to the members that it counts, every cell to what it rests on. */
export function matrixTable(local: Local, matrix: Matrix): TemplateResult {
  const { t } = local
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${t.matrix}>
    <table class="data matrix">
      <thead>
        <tr>
          ${sortHeader(t.name, 'name', matrix.sort, matrix.onSort)}
          ${matrix.columns.map((item) => header(local, matrix.teamId, item))}
        </tr>
      </thead>
      <tbody>
        ${matrix.rows.map((member) => row(local, matrix.columns, member))}
      </tbody>
    </table>
  </div>`
}

function header({ t, format }: Local, teamId: string, item: MatrixItem): TemplateResult {
  const { contentId } = item
  const to = (more: Record<string, string>): string =>
    pathWith(`/teams/${teamId}/matrix`, { contentId, ...more })
  const rate = item.completionRateOfAssigned
  const share = rate === null ? '' : ` (${format.percent(rate)})`
  return html`<th scope="col" class="item">
    <span class="title">${item.title}</span>
    <ul class="small">
      <li><a href=${to({})}>${t.assignedTo(format.number(item.assigned))}</a></li>
      <li>
        <a href=${to({ status: 'completed' })}
          >${t.completedBy(format.number(item.completedOfAssigned))}${share}</a
        >
      </li>
      <li><a href=${to({ status: 'not_started' })}>${t.notBegunBy(format.number(item.notStarted))}</a></li>
      ${
        item.overdue === 0
          ? nothing
          : html`<li>
              <a class="late" href=${to({ overdue: 'true' })}>${t.overdueOf(format.number(item.overdue))}</a>
            </li>`
      }
    </ul>
  </th>`
}

function row(local: Local, columns: readonly MatrixItem[], member: MatrixMember): TemplateResult {
  const cells = new Map(member.cells.map((cell) => [cell.contentId, cell]))
  return html`<tr>
    <th scope="row" class="member"><a href="/people/${member.userId}">${member.name}</a></th>
    ${columns.map(({ contentId, title }) => cellOf(local, member, title, cells.get(contentId)))}
  </tr>`
}

function cellOf(
  { t, format }: Local,
  member: MatrixMember,
  title: string,
  cell: MatrixCell | undefined,
): TemplateResult {
  if (cell === undefined) {
    return html`<td>
      <span class="muted" aria-hidden="true">–</span> <span class="visually-hidden">${t.notRequired}</span>
    </td>`
  }
  const done = cell.status === 'completed'
  const words = done
    ? t.completed
    : cell.status === 'not_started'
      ? t.notStarted
      : format.percent(cell.progress)
  const when = done ? cell.completedAt : cell.dueAt
  return html`<td>
    <a
      href="/people/${member.userId}/items/${cell.contentId}"
      aria-label=${t.cellOf(member.name, title, words)}
    >
      <span class="badge ${done ? 'success' : cell.status === 'not_started' ? '' : 'accent'}">${words}</span>
      ${cell.overdue ? html`<span class="badge danger">${t.overdue}</span>` : nothing}
    </a>
    ${
      when === null
        ? nothing
        : html`<span class="small muted" style="display: block">
            ${done ? t.completedOn : t.due} ${format.date(when)}
          </span>`
    }
  </td>`
}
