import { type Arm, measurePaired, type PairedOptions, ratioOf, type Samples, slicesOfPaired } from "./paired.ts";
import { DIST } from "./product.ts";
import type { FeatureResult } from "./results.ts";
import { type Feature, features, type Scenario } from "./scenario.ts";

/* What features cost: a path with something against the same path without it. */

const QUICK = ["nothing", "timeout", "shared-signal", "context"];

/* Arms whose turns come in the same rounds. */
const AT_ONCE = 6;

function chosen(quick: boolean): Feature[] {
  return features.filter(({ name }) => !quick || QUICK.includes(name));
}

/** Features share arms: what three of them compare with is measured once. */
function groupsOf(list: readonly Feature[]): { features: Feature[]; arms: Arm[] }[] {
  const groups: { features: Feature[]; arms: Arm[] }[] = [];
  for (const feature of list) {
    const needed = [armOf(feature.without), armOf(feature.with)];
    const fresh = (arms: readonly Arm[]) => needed.filter(({ name }) => !arms.some((arm) => arm.name === name));
    let group = groups.find(({ arms }) => arms.length + fresh(arms).length <= AT_ONCE);
    if (!group) {
      group = { features: [], arms: [] };
      groups.push(group);
    }
    group.features.push(feature);
    group.arms.push(...fresh(group.arms));
  }
  return groups;
}

/* Two equal scenarios that are not the same object are two arms: that is how the noise is seen. */
const armNames = new Map<Scenario, string>();

function armOf(scenario: Scenario): Arm {
  const name = armNames.get(scenario) ?? `${armNames.size + 1}`;
  armNames.set(scenario, name);
  return { name, scenario, dist: DIST };
}

export function slicesOfFeatures(quick: boolean, options: Omit<PairedOptions, "tick">): number {
  return groupsOf(chosen(quick)).reduce((sum, { arms }) => sum + slicesOfPaired(arms.length, options), 0);
}

export async function measureFeatures(quick: boolean, options: PairedOptions): Promise<FeatureResult[]> {
  const results: FeatureResult[] = [];
  for (const group of groupsOf(chosen(quick))) {
    const samples: Samples = await measurePaired(group.arms, { ...options, tick: () => options.tick("features") });
    for (const feature of group.features) {
      const ratio = ratioOf(samples, armOf(feature.with).name, armOf(feature.without).name);
      results.push({ name: feature.name, label: feature.label, ratio });
    }
  }
  return results;
}
