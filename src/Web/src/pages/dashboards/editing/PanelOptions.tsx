import { NativeSelect } from '@mantine/core';
import type { Panel, Variable } from '../../../dashboards/dashboard';
import { newPanel, panelTypes, withoutQueries } from '../../../dashboards/editing/newPanels';
import { useEditing } from '../../../i18n/useEditing';
import { commonUnits } from '../../../model/units';
import { LinksEditor } from './LinksEditor';
import { LookOptions } from './LookOptions';
import { MappingsEditor } from './MappingsEditor';
import { OverridesEditor } from './OverridesEditor';
import { Group, ListAt, NumberAt, SelectAt, SuggestAt, SwitchAt, TextAt, useAt } from './inputs';
import { ThresholdsEditor } from './ThresholdsEditor';

const custom = ['fieldConfig', 'defaults', 'custom'];
const defaults = ['fieldConfig', 'defaults'];
const withLegend = ['timeseries', 'piechart', 'barchart', 'histogram', 'state-timeline', 'status-history'];
export const unitSuggestions: string[] = [...commonUnits, 'iops', 'pps', 'cps', 'binbps', 'kbytes', 'mbytes', 'gbytes', 'ns', 'µs', 'm', 'h', 'd', 'bool', 'bool_yes_no', 'bool_on_off', 'dateTimeAsIso', 'watt', 'volt', 'humidity', 'locale'];

/** All that can be said about a panel beside its queries; what is not offered here stays as it is. */
export function PanelOptions({ panel, variables }: { panel: Panel; variables: readonly Variable[] }) {
  const e = useEditing();
  const asks = !withoutQueries.includes(panel.type);
  const isRow = panel.type === 'row';
  return (
    <div className="panel-options">
      <Group title={e('group.panel')} open>
        <TypeSelect panel={panel} />
        <TextAt at={['title']} label={e('title')} />
        <TextAt at={['description']} label={e('description')} lines={2} />
        <SwitchAt at={['transparent']} label={e('transparent')} />
      </Group>
      <LookOptions panel={panel} />
      {asks && (
        <Group title={e('group.value')} open>
          <SuggestAt at={[...defaults, 'unit']} label={e('unit')} placeholder="short" suggestions={unitSuggestions} />
          <NumberAt at={[...defaults, 'decimals']} label={e('decimals')} placeholder={e('auto')} min={0} max={15} />
          <NumberAt at={[...defaults, 'min']} label={e('min')} placeholder={e('auto')} />
          <NumberAt at={[...defaults, 'max']} label={e('max')} placeholder={e('auto')} />
          <TextAt at={[...defaults, 'displayName']} label={e('displayName')} />
          <TextAt at={[...defaults, 'noValue']} label={e('noValue')} placeholder="–" />
          <ColorMode />
        </Group>
      )}
      {withLegend.includes(panel.type) && (
        <Group title={e('group.legend')}>
          <SwitchAt at={['options', 'legend', 'showLegend']} label={e('legend.show')} otherwise />
          {panel.type === 'piechart' && <SelectAt at={['options', 'legend', 'placement']} label={e('legend.placement')} otherwise="bottom" choices={[['bottom', e('bottom')], ['right', e('right')]]} />}
          {panel.type === 'timeseries' && <ListAt at={['options', 'legend', 'calcs']} label={e('legend.calcs')} placeholder="mean, max, lastNotNull" />}
        </Group>
      )}
      {asks && <Group title={e('group.thresholds')}><ThresholdsEditor />{panel.type === 'timeseries' && <SelectAt at={[...custom, 'thresholdsStyle', 'mode']} label={e('thresholdsStyle')} otherwise="off" choices={[['off', e('off')], ['line', e('line')]]} />}</Group>}
      {asks && <Group title={e('group.mappings')}><MappingsEditor /></Group>}
      {asks && <Group title={e('group.overrides')} open={(panel.fieldConfig?.overrides?.length ?? 0) > 0}><OverridesEditor /></Group>}
      {asks && <Group title={e('group.links')}><LinksEditor at={[...defaults, 'links']} /></Group>}
      <Group title={e('group.panelLinks')}><LinksEditor at={['links']} /></Group>
      {!isRow && (
        <Group title={e('group.repeat')} open={Boolean(panel.repeat)}>
          <SelectAt at={['repeat']} label={e('repeat.by')} choices={[['', '–'], ...variables.filter((one) => one.multi || one.includeAll).map((one) => [one.name, one.label || one.name] as const)]} />
          <SelectAt at={['repeatDirection']} label={e('repeat.direction')} otherwise="h" choices={[['h', e('horizontal')], ['v', e('vertical')]]} />
          <NumberAt at={['maxPerRow']} label={e('repeat.max')} placeholder="4" min={1} max={24} />
        </Group>
      )}
    </div>
  );
}

/** Another kind of panel keeps its queries and its fields, and begins with that kind's own options. */
function TypeSelect({ panel }: { panel: Panel }) {
  const e = useEditing();
  const [, set] = useAt([]);
  const types = Object.keys(panelTypes);
  return (
    <NativeSelect
      size="xs" label={e('type')} value={panel.type} data={types.includes(panel.type) ? types : [panel.type, ...types]}
      onChange={(event) => {
        const fresh = newPanel(event.currentTarget.value);
        set({ ...panel, type: fresh.type, options: { ...fresh.options, ...panel.options }, ...(fresh.targets && !panel.targets ? { targets: fresh.targets } : {}) });
      }}
    />
  );
}

function ColorMode() {
  const e = useEditing();
  const [mode] = useAt([...defaults, 'color', 'mode']);
  return (
    <>
      <SelectAt at={[...defaults, 'color', 'mode']} label={e('colorMode')} choices={[['', e('auto')], ['palette-classic', e('color.palette-classic')], ['thresholds', e('color.thresholds')], ['fixed', e('color.fixed')], ['continuous-GrYlRd', e('color.continuous-GrYlRd')], ['continuous-BlPu', e('color.continuous-BlPu')]]} />
      {mode === 'fixed' && <SuggestAt at={[...defaults, 'color', 'fixedColor']} label={e('color')} suggestions={['green', 'yellow', 'red', 'blue', 'orange', 'purple', '#5794f2']} />}
    </>
  );
}
