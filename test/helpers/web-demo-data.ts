import type { EventDomain } from '#protocol/domain.ts';
import type { EDGE_TYPES, LineageEdge, LineageNode, NODE_TYPES } from '#protocol/trace.ts';

/** Made-up plant data for the page's tests: the same seed gives the same plant. */

type Random = () => number;

/** A small generator with good enough spread (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<Value>(random: Random, values: readonly [Value, ...Value[]]): Value {
  return values[Math.floor(random() * values.length)] ?? values[0];
}

export function containerIdOf(number: number): string {
  return `4881${number.toString(16).padStart(12, '0')}`;
}

export interface DemoLineage {
  readonly nodes: LineageNode[];
  readonly edges: LineageEdge[];
  readonly seedIds: string[];
}

/** Families of wafer → work lots → splits → seeds, with merges and rework, until `count` nodes are there. */
export function makeLineage(seedNames: readonly string[], count: number): DemoLineage {
  const random = createRandom(20_260_318);
  const nodes: LineageNode[] = [];
  const edges: LineageEdge[] = [];
  const seedIds: string[] = [];
  const add = (type: (typeof NODE_TYPES)[number], name: string, level: number, isSeed = false): string => {
    const id = containerIdOf(nodes.length + 1);
    nodes.push({
      container_id: id,
      container_name: name,
      mfgorder_name: type === 'WAFER' ? null : name.slice(0, 10),
      wafer_lot: null,
      node_type: type,
      level,
      is_seed: isSeed,
    });
    return id;
  };
  const link = (from: string, to: string, type: (typeof EDGE_TYPES)[number]): void => {
    edges.push({ from_cid: from, to_cid: to, edge_type: type });
  };
  for (const [family, seedName] of seedNames.entries()) {
    const order = seedName.slice(0, 10);
    const size = Math.max(8, Math.floor(count / seedNames.length));
    const wafer = add('WAFER', `GMSN-${1100 + family}#RFTLD${family % 9}`, 6);
    const gc = add('GC', `GC260${10_000 + family}-A00`, 5);
    link(wafer, gc, 'wafer_origin');
    const mother = add('GA', `${order}-A00`, 4);
    link(gc, mother, 'split_from');
    link(wafer, mother, 'wafer_origin');
    const lots = [mother];
    for (let index = 4; index < size; index++) {
      const parent = lots[Math.floor(random() * Math.min(lots.length, 1 + index / 3))] ?? mother;
      const kind = random();
      const lot = add(
        kind < 0.75 ? 'GA' : kind < 0.9 ? 'LOT' : 'GD',
        `${order}-A00-${String(index).padStart(3, '0')}`,
        2,
      );
      link(parent, lot, kind < 0.9 ? 'split_from' : 'gd_rework_source');
      lots.push(lot);
      if (random() < 0.12) {
        const source = lots[Math.floor(random() * (lots.length - 1))] ?? mother;
        if (source !== parent) link(source, lot, 'merge_source');
      }
    }
    const seed = add('GA', seedName, 1, true);
    link(lots.at(-1) ?? mother, seed, 'split_from');
    if (lots.length > 3) link(lots.at(-3) ?? mother, seed, 'merge_source');
    seedIds.push(seed);
  }
  return { nodes, edges, seedIds };
}

/** Lots above or below one of a lineage, and that one: the same lot has the same ones. */
export function makeGrowth(lot: LineageNode, count: number, direction: 'forward' | 'backward'): DemoLineage {
  const first = 1_000_000 + 100_000 * Number.parseInt(lot.container_id.slice(-6), 16);
  const found = Array.from({ length: count }, (_, index) => ({
    ...lot,
    container_id: containerIdOf(first + index),
    container_name: `${lot.container_name}-${direction === 'forward' ? 'F' : 'B'}${index + 1}`,
    is_seed: false,
  }));
  const edges = found.map(({ container_id: id }) => {
    const [from_cid, to_cid] = direction === 'forward' ? [lot.container_id, id] : [id, lot.container_id];
    return { from_cid, to_cid, edge_type: 'split_from' as const };
  });
  return { nodes: [{ ...lot, is_seed: true }, ...found], edges, seedIds: [lot.container_id] };
}

const STATIONS = [
  '切割',
  '焊接_DB',
  '焊接_WB',
  '焊接_DW',
  '成型',
  '去膠',
  '水吹砂',
  '掛鍍',
  '移印',
  '切彎腳',
  'PKG_SAW',
  'TMTT',
] as const;
const SPECS = ['成型烘烤', 'PRE TMTT', '焊接 Wire Bond', '水吹砂 Deflash', 'TMTT 測試'] as const;
const REASONS = [
  '031_腳架氧化',
  '043_NSOP',
  '044_NSOL',
  '250_VF',
  '271_SHORT',
  '276_腳型不良',
  '277_印字不良',
] as const;
const HOLDS = ['S2品質異常單(PE)', '現場品質異常單(PQC)', '自行暫停', '治具不足HOLD'] as const;

function timeAt(minutes: number): string {
  return new Date(Date.UTC(2026, 0, 5, 8) + minutes * 60_000).toISOString().slice(0, 19);
}

/** Record `index` of a domain; the same index gives the same record. */
export function makeRecord(domain: EventDomain, index: number, node: LineageNode): Record<string, unknown> {
  const random = createRandom(index * 2_654_435_761 + domain.length);
  const lot = { CONTAINERID: node.container_id, CONTAINERNAME: node.container_name, PJ_WORKORDER: node.mfgorder_name };
  const station = STATIONS[index % STATIONS.length];
  const machine = `${pick(random, ['GWBK', 'GDBA', 'GTMA', 'GWMA'])}-${String(Math.floor(random() * 400)).padStart(4, '0')}`;
  const at = index * 7;
  switch (domain) {
    case 'history':
    case 'upstream_history':
      return {
        ...lot,
        WORKCENTERNAME: station,
        SPECNAME: pick(random, SPECS),
        EQUIPMENTID: containerIdOf(9_000_000 + (index % 400)),
        EQUIPMENTNAME: machine,
        TRACKINTIMESTAMP: timeAt(at),
        TRACKOUTTIMESTAMP: random() < 0.05 ? null : timeAt(at + 45),
        TRACKINQTY: Math.floor(random() * 43_200),
        TRACKOUTQTY: Math.floor(random() * 40_000),
        PJ_TYPE: pick(random, ['PJW5P06A', 'RB521S30-NC', 'PDZ5.6B-AU', '1N4148W']),
        PJ_BOP: pick(random, ['PCC15', 'UAC10', 'ECA08']),
        PRODUCTLINENAME: pick(random, ['SOT-223', 'SOD-523', 'DFN2510-10L']),
        FIRSTNAME: 'GMSN-1173#RFTLD3',
        WORKFLOWNAME: 'PCC_SOT-223',
      };
    case 'materials':
      return {
        ...lot,
        WORKCENTERNAME: station,
        EQUIPMENTNAME: machine,
        MATERIALPARTNAME: `M${String(10_000 + Math.floor(random() * 90_000))}`,
        DESCRIPTION: pick(random, [
          'EPOXY MOLDING COMPOUND 環氧樹脂',
          'GOLD WIRE 0.8mil 金線',
          'LEADFRAME SOT-223 24R',
          'SOLDER PASTE 錫膏 <無鉛> & "RoHS" 🧪',
        ]),
        MATERIALLOTNAME: `L${Math.floor(random() * 1e9)}`,
        VENDORLOTNUMBER: random() < 0.2 ? null : `V-${Math.floor(random() * 1e6)}`,
        QTYREQUIRED: Math.round(random() * 1e5) / 100,
        QTYCONSUMED: Math.round(random() * 1e5) / 100,
        UOMNAME: pick(random, ['PCS', 'G', 'M']),
        TXNDATE: timeAt(at),
      };
    case 'rejects':
    case 'downstream_rejects':
      return {
        ...lot,
        WORKCENTERNAME: station,
        EQUIPMENTNAME: machine,
        LOSSREASONNAME: random() < 0.1 ? null : pick(random, REASONS),
        REJECT_TOTAL: Math.floor(random() * 300),
        DEFECTQTY: Math.floor(random() * 30),
        TXNDATE: timeAt(at),
        REJECTCOMMENT: random() < 0.5 ? null : '目檢發現 <script>alert(1)</script>',
      };
    case 'holds':
      return {
        ...lot,
        WORKCENTERNAME: station,
        HOLDREASONNAME: pick(random, HOLDS),
        HOLDTXNDATE: timeAt(at),
        RELEASETXNDATE: random() < 0.2 ? null : timeAt(at + 300),
        HOLD_HOURS: Math.round(random() * 5000) / 100,
        HOLD_STATUS: random() < 0.2 ? 'HOLD' : 'RELEASED',
        HOLDEMP: `E${Math.floor(random() * 9999)}`,
        HOLDCOMMENTS: '等待工程確認；量測 Cpk 後放行',
      };
    case 'jobs':
      break;
  }
  return {
    ...lot,
    JOBID: containerIdOf(7_000_000 + index),
    RESOURCENAME: machine,
    JOBSTATUS: pick(random, ['COMPLETED', 'OPEN', 'CANCELLED']),
    JOBMODELNAME: pick(random, ['PM', 'REPAIR', 'SETUP']),
    CREATEDATE: timeAt(at),
    COMPLETEDATE: random() < 0.2 ? null : timeAt(at + 120),
    SYMPTOMCODENAME: '焊線機 Missing wire',
  };
}
