import { css } from 'lit'

/**
 * `<table class="data">` in a `<div class="table-frame" tabindex="0" role="region" aria-label="…">`. Numbers take
 * `class="number"`. On a phone each row becomes a card: give every cell a `data-label`.
 */
export const tables = css`
  .table-frame {
    overflow-x: auto;
    background: var(--playhead-surface);
    border: 1px solid var(--playhead-border);
    border-radius: var(--playhead-radius-large);
    box-shadow: var(--playhead-shadow);
  }
  table.data {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.9375rem;
  }
  table.data th,
  table.data td {
    padding: 12px 16px;
    text-align: start;
    vertical-align: middle;
  }
  table.data thead th {
    color: var(--playhead-muted);
    font-size: 0.8125rem;
    font-weight: 560;
    white-space: nowrap;
    border-block-end: 1px solid var(--playhead-border);
  }
  table.data tbody th {
    font-weight: 580;
  }
  table.data tbody tr + tr > * {
    border-block-start: 1px solid var(--playhead-border);
  }
  table.data tbody tr:hover {
    background: color-mix(in srgb, var(--playhead-accent) 4%, transparent);
  }
  table.data .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  table.data th button {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    margin: -8px;
    padding: 8px;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  table.data th button:hover {
    color: var(--playhead-text);
  }
  table.data [aria-sort='ascending'] button,
  table.data [aria-sort='descending'] button {
    color: var(--playhead-text);
  }
  @media (max-width: 700px) {
    table.data.cards,
    table.data.cards tbody,
    table.data.cards tr,
    table.data.cards td,
    table.data.cards tbody th {
      display: block;
    }
    table.data.cards thead {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    table.data.cards tr {
      padding: 12px 0;
    }
    table.data.cards tbody tr > *,
    table.data.cards tbody tr + tr > * {
      border: 0;
      padding: 4px 16px;
    }
    table.data.cards tbody tr + tr {
      border-block-start: 1px solid var(--playhead-border);
    }
    table.data.cards td {
      display: flex;
      justify-content: space-between;
      align-items: center;
      gap: 16px;
      text-align: end;
    }
    table.data.cards td::before {
      content: attr(data-label);
      color: var(--playhead-muted);
      font-size: 0.8125rem;
      text-align: start;
    }
  }
`
