import { css } from 'lit'

export const activityStyles = css`
  .total {
    font-variant-numeric: tabular-nums;
    font-weight: 580;
  }
  .chart {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    column-gap: 8px;
    color: var(--playhead-muted);
    font-size: 0.75rem;
    font-variant-numeric: tabular-nums;
  }
  .levels {
    display: flex;
    flex-direction: column;
    justify-content: space-between;
    text-align: end;
    white-space: nowrap;
    line-height: 1;
  }
  .bars {
    display: grid;
    grid-template-columns: repeat(var(--days), minmax(0, 1fr));
    block-size: 140px;
    border-block-end: 1px solid var(--playhead-border-strong);
    background-image: linear-gradient(var(--playhead-border) 1px, transparent 1px);
    background-size: 100% 50%;
  }
  .day {
    display: flex;
    align-items: end;
    padding-inline: 10%;
  }
  .day:hover {
    background: color-mix(in srgb, var(--playhead-accent) 8%, transparent);
  }
  .bar {
    flex: 1;
    min-block-size: 0;
    border-radius: 3px 3px 0 0;
    background: var(--playhead-accent);
  }
  .ticks {
    grid-column: 2;
    display: grid;
    grid-template-columns: repeat(var(--days), minmax(0, 1fr));
    block-size: 20px;
    padding-block-start: 4px;
  }
  .ticks > span {
    display: flex;
    justify-content: end;
    white-space: nowrap;
  }
`
