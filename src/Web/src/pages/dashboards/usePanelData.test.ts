import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { gridOf } from '../../model/step';
import type { Panel } from '../../dashboards/dashboard';
import type { Board } from './board';
import { usePanelData, type PanelData } from './usePanelData';

test('an answer is resampled over the span it was asked for, not over one that came since', () => {
  const panel = {
    id: 1, type: 'timeseries', maxDataPoints: 100,
    targets: [{ refId: 'A', expr: 'up', hide: true }, { refId: 'B', type: 'resample', expression: 'A', window: '10m', downsampler: 'last', upsampler: 'pad', datasource: { type: '__expr__', uid: '__expr__' } }],
  } as Panel;
  const [asked, now] = [{ fromMs: 1_000, toMs: 3_601_000 }, { fromMs: 2_000, toMs: 3_602_000 }];
  const board = { dashboard: { uid: 'u', title: 't', panels: [panel] }, span: now, variables: {}, ranAt: 1, filtered: (expr: string) => expr } as unknown as Board;
  const client = new QueryClient();
  let data: PanelData | undefined;
  const Shown = (): null => {
    data = usePanelData(panel, board, {}, true);
    return null;
  };
  const draw = (): void => { renderToString(createElement(QueryClientProvider, { client }, createElement(Shown))); };
  draw();
  const { grid } = data!.asked[0]!;
  // The same times were asked for a second before.
  expect(gridOf(asked, grid.stepMs)).toEqual(grid);
  client.setQueryData(client.getQueryCache().getAll()[0]!.queryKey, { span: asked, costs: [], notes: [], answers: [{ target: panel.targets![0]!, grid, data: { resultType: 'matrix', result: [{ metric: {}, values: [[grid.startMs / 1000, '1']] }] } }] });
  draw();
  expect(data!.span).toEqual(now);
  expect(data!.times).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => 1 + i * 600));
});
