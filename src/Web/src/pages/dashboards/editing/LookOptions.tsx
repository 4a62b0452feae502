import type { Panel } from '../../../dashboards/dashboard';
import { useEditing, type SayEditing } from '../../../i18n/useEditing';
import { FigureSelect } from './FigureSelect';
import { Group, ListAt, NumberAt, SelectAt, SwitchAt, TextAt } from './inputs';

const custom = ['fieldConfig', 'defaults', 'custom'];
const direction = (e: SayEditing) => <SelectAt at={['options', 'orientation']} label={e('orientation')} otherwise="auto" choices={[['auto', e('auto')], ['horizontal', e('horizontal')], ['vertical', e('vertical')]]} />;
const figure = (e: SayEditing) => <><FigureSelect /><SwitchAt at={['options', 'reduceOptions', 'values']} label={e('allValues')} /></>;

/** What is said about the look of each kind of panel. */
const looks: Record<string, (e: SayEditing) => React.ReactNode> = {
  timeseries: (e) => (
    <>
      <SelectAt at={[...custom, 'drawStyle']} label={e('drawStyle')} otherwise="line" choices={[['line', e('line')], ['bars', e('bars')], ['points', e('points')]]} />
      <SelectAt at={[...custom, 'lineInterpolation']} label={e('interpolation')} otherwise="linear" choices={[['linear', e('linear')], ['smooth', e('smooth')], ['stepAfter', e('stepAfter')]]} />
      <NumberAt at={[...custom, 'lineWidth']} label={e('lineWidth')} placeholder="1" min={0} max={10} />
      <NumberAt at={[...custom, 'fillOpacity']} label={e('fillOpacity')} placeholder="0" min={0} max={100} />
      <SelectAt at={[...custom, 'gradientMode']} label={e('gradientMode')} otherwise="none" choices={[['none', e('none')], ['opacity', e('gradient.opacity')], ['hue', e('gradient.hue')], ['scheme', e('gradient.scheme')]]} />
      <SelectAt at={[...custom, 'stacking', 'mode']} label={e('stacking')} otherwise="none" choices={[['none', e('none')], ['normal', e('normal')]]} />
      <SelectAt at={[...custom, 'axisPlacement']} label={e('axisRight')} otherwise="auto" choices={[['auto', e('auto')], ['left', e('left')], ['right', e('right')]]} />
      <SwitchAt at={[...custom, 'spanNulls']} label={e('spanNulls')} />
    </>
  ),
  stat: (e) => (
    <>
      {figure(e)}
      <SelectAt at={['options', 'colorMode']} label={e('stat.color')} otherwise="value" choices={[['none', e('stat.color.none')], ['value', e('stat.color.value')], ['background', e('stat.color.background')]]} />
      <SelectAt at={['options', 'graphMode']} label={e('stat.graph')} otherwise="none" choices={[['none', e('off')], ['area', e('line')]]} />
      <SelectAt at={['options', 'textMode']} label={e('stat.text')} otherwise="auto" choices={[['auto', e('auto')], ['value', e('value')], ['value_and_name', e('value_and_name')], ['name', e('name')]]} />
      {direction(e)}
    </>
  ),
  gauge: figure,
  bargauge: (e) => <>{figure(e)}{direction(e)}<SelectAt at={['options', 'displayMode']} label={e('displayMode')} otherwise="gradient" choices={[['basic', e('displayMode.basic')], ['gradient', e('displayMode.gradient')], ['lcd', e('displayMode.lcd')]]} /></>,
  piechart: (e) => <>{figure(e)}<SelectAt at={['options', 'pieType']} label={e('pieType')} otherwise="pie" choices={[['pie', e('pie')], ['donut', e('donut')]]} /></>,
  barchart: (e) => (
    <>
      {direction(e)}
      <SelectAt at={['options', 'stacking']} label={e('stacking')} otherwise="none" choices={[['none', e('none')], ['normal', e('normal')]]} />
      <SelectAt at={['options', 'showValue']} label={e('showValue')} otherwise="auto" choices={[['auto', e('auto')], ['always', e('always')], ['never', e('never')]]} />
    </>
  ),
  histogram: (e) => <><NumberAt at={['options', 'bucketSize']} label={e('bucketSize')} placeholder={e('auto')} min={0} /><SwitchAt at={['options', 'combine']} label={e('combine')} /></>,
  heatmap: (e) => (
    <>
      <SwitchAt at={['options', 'calculate']} label={e('calculate')} />
      <SelectAt at={['options', 'color', 'scheme']} label={e('scheme')} otherwise="Oranges" choices={['Oranges', 'Blues', 'Greens', 'Reds', 'Purples', 'Greys', 'Viridis', 'Magma', 'Inferno', 'Plasma', 'Turbo', 'Spectral', 'RdYlGn'].map((name) => [name, name] as const)} />
      <SwitchAt at={['options', 'color', 'reverse']} label={e('reverse')} />
    </>
  ),
  'state-timeline': (e) => <><SwitchAt at={['options', 'mergeValues']} label={e('mergeValues')} otherwise /><SelectAt at={['options', 'showValue']} label={e('showValue')} otherwise="auto" choices={[['auto', e('auto')], ['never', e('never')]]} /></>,
  text: (e) => <TextAt at={['options', 'content']} label={e('content')} lines={10} />,
  dashlist: (e) => (
    <>
      <SwitchAt at={['options', 'showStarred']} label={e('starred')} otherwise /><SwitchAt at={['options', 'showRecentlyViewed']} label={e('recent')} /><SwitchAt at={['options', 'showSearch']} label={e('found')} />
      <TextAt at={['options', 'query']} label={e('words')} /><ListAt at={['options', 'tags']} label={e('tags')} /><NumberAt at={['options', 'maxItems']} label={e('maxItems')} placeholder="10" min={1} />
    </>
  ),
  alertlist: (e) => <NumberAt at={['options', 'maxItems']} label={e('maxItems')} placeholder="50" min={1} />,
};

export function LookOptions({ panel }: { panel: Panel }) {
  const e = useEditing();
  const look = looks[panel.type];
  return look ? <Group title={e('group.look')} open>{look(e)}</Group> : null;
}
