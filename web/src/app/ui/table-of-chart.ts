import { css } from 'lit'

/** The table that says what a chart shows, and is unfolded beneath it. */
export const tableOfChart = css`
  summary {
    width: fit-content;
    padding-block: 8px;
    color: var(--playhead-muted);
    font-size: 0.875rem;
    font-weight: 540;
    cursor: pointer;
  }
  summary:hover {
    color: var(--playhead-text);
  }
  details .table-frame {
    max-height: 360px;
    overflow: auto;
    box-shadow: none;
  }
  details table.data th,
  details table.data td {
    padding: 8px 16px;
    font-size: 0.875rem;
  }
`
