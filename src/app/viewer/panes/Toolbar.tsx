/** Every function of the pane as a button; what a drag does can be typed or pressed here too. */
import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { formatNumber } from '../../words/numbers.ts'
import { type Preset, sameVoi, type Voi } from '../model/voi.ts'
import type { Tool } from './gestures.ts'
import styles from './Toolbar.module.css'
import type { Cine } from './use-cine.ts'
import type { PaneActions } from './use-pane-actions.ts'
import { RateField, WindowFields } from './WindowFields.tsx'

export interface ToolbarProps {
  readonly disabled: boolean
  readonly tool: Tool
  readonly onTool: (tool: Tool) => void
  readonly actions: PaneActions
  readonly presets: readonly Preset[]
  readonly voi: Voi | undefined
  readonly invert: boolean
  readonly overlays: boolean
  readonly onOverlays: () => void
  readonly onRemove: () => void
  readonly cine: Cine | undefined
  /** Undefined when nothing tells how large a pixel is. */
  readonly onTrueSize: (() => void) | undefined
  readonly enhancing: boolean
  readonly onEnhance: () => void
  readonly listing: boolean
  readonly onList: () => void
  /** Is the image marked as a key image, kept or not yet? */
  readonly marked: boolean
  readonly onMark: () => void
  readonly keeping: boolean
  readonly onKeep: () => void
}

const TOOLS: readonly (readonly [tool: Tool, icon: IconName, label: string])[] = [
  ['scroll', 'layers', 'Scroll (S)'],
  ['window', 'contrast', 'Window (Shift W, or right button)'],
  ['region', 'region', 'Window from a region (W)'],
  ['zoom', 'zoom', 'Zoom (Z, or Ctrl and wheel)'],
  ['pan', 'hand', 'Move (Shift M, or middle button)'],
  ['lens', 'lens', 'Magnify under the pointer (M)'],
]

const MEASURES: readonly (readonly [tool: Tool, icon: IconName, label: string])[] = [
  ['length', 'length', 'Length (D)'],
  ['bidirectional', 'axes', 'Long and short axis (B)'],
  ['angle', 'angle', 'Angle (A)'],
  ['cobb', 'cobb', 'Cobb angle (Shift A)'],
  ['ellipse', 'ellipse', 'Ellipse with mean and deviation (Q)'],
  ['freehand', 'outline', 'Outline drawn by hand (Shift Q)'],
  ['probe', 'point', 'Value of a point (X)'],
  ['arrow', 'arrow', 'Arrow with words (Shift D)'],
]

export function Toolbar(props: ToolbarProps) {
  const { disabled, tool, onTool, actions, presets, voi, invert, overlays, onOverlays, onRemove, cine } = props
  const { onTrueSize, enhancing, onEnhance, listing, onList, marked, onMark, keeping, onKeep } = props
  return (
    <div className={styles.bar} role="toolbar" aria-label="Image tools">
      <span className={styles.group}>
        {TOOLS.map(([name, icon, label]) => (
          <ToolButton
            key={name}
            icon={icon}
            label={label}
            pressed={tool === name}
            disabled={disabled}
            onClick={() => onTool(name)}
          />
        ))}
      </span>
      <span className={styles.group}>
        {MEASURES.map(([name, icon, label]) => (
          <ToolButton
            key={name}
            icon={icon}
            label={label}
            pressed={tool === name}
            disabled={disabled}
            onClick={() => onTool(name)}
          />
        ))}
        <ToolButton
          icon="list"
          label="Measurements: name and keep them (N)"
          pressed={listing}
          disabled={false}
          onClick={onList}
        />
        <ToolButton
          icon="star"
          label="Mark as a key image (Shift K)"
          pressed={marked}
          disabled={disabled}
          onClick={onMark}
        />
        <ToolButton
          icon="image"
          label="Keep the view and the key images (Shift V)"
          pressed={keeping}
          disabled={disabled}
          onClick={onKeep}
        />
        <ToolButton icon="remove" label="Remove the measurement (Backspace)" disabled={disabled} onClick={onRemove} />
      </span>
      <span className={styles.group}>
        <Menu position="bottom-start" withinPortal disabled={disabled || presets.length === 0}>
          <Menu.Target>
            <button type="button" className={styles.presets} disabled={disabled || presets.length === 0}>
              {presets.find((preset) => voi && sameVoi(voi, preset))?.says ?? (voi ? 'Own window' : 'Window')} ▾
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Windows</Menu.Label>
            {presets.map((preset, at) => (
              <Menu.Item
                key={`${preset.says} ${preset.width} ${preset.center}`}
                onClick={() => actions.choosePreset(at)}
                leftSection={voi && sameVoi(voi, preset) ? <Icon name="check" size={14} /> : <span />}
                rightSection={<kbd>{at + 1}</kbd>}
              >
                {preset.says}
                {preset.shape !== 'TABLE' && ` · W ${formatNumber(preset.width)} L ${formatNumber(preset.center)}`}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <WindowFields voi={disabled ? undefined : voi} onChange={actions.setVoi} />
        <ToolButton icon="invert" label="Invert (I)" pressed={invert} disabled={disabled} onClick={actions.invert} />
      </span>
      <span className={styles.group}>
        <ToolButton icon="fit" label="Fit (=)" disabled={disabled} onClick={actions.fit} />
        <ToolButton
          icon="one"
          label="One pixel for one pixel (Shift O)"
          disabled={disabled}
          onClick={actions.oneToOne}
        />
        <ToolButton
          icon="ruler"
          label={onTrueSize ? 'True size (T)' : 'True size: nothing tells how large a pixel is'}
          disabled={disabled || !onTrueSize}
          onClick={() => onTrueSize?.()}
        />
        <ToolButton icon="rotate" label="Turn right (R)" disabled={disabled} onClick={() => actions.turn(1)} />
        <ToolButton
          icon="flip"
          label="Flip left to right (H)"
          disabled={disabled}
          onClick={() => actions.flip('horizontal')}
        />
        <ToolButton icon="reset" label="As it came (Space)" disabled={disabled} onClick={actions.reset} />
      </span>
      <span className={styles.group}>
        {cine && (
          <ToolButton
            icon={cine.playing ? 'stop' : 'play'}
            label={cine.playing ? 'Stop (C)' : 'Play (C)'}
            pressed={cine.playing}
            disabled={disabled}
            onClick={cine.toggle}
          />
        )}
        {cine && <RateField rate={cine.rate} onChange={cine.setRate} disabled={disabled} />}
        <ToolButton
          icon="info"
          label="Facts on the image (U)"
          pressed={overlays}
          disabled={disabled}
          onClick={onOverlays}
        />
        <ToolButton
          icon="enhance"
          label="Enhance: filters for viewing (E)"
          pressed={enhancing}
          disabled={false}
          onClick={onEnhance}
        />
      </span>
    </div>
  )
}

interface ToolButtonProps {
  readonly icon: IconName
  readonly label: string
  readonly pressed?: boolean
  readonly disabled: boolean
  readonly onClick: () => void
}

function ToolButton({ icon, label, pressed, disabled, onClick }: ToolButtonProps) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon
        variant={pressed ? 'light' : 'subtle'}
        color={pressed ? 'cyan' : 'gray'}
        size={36}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={onClick}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  )
}
