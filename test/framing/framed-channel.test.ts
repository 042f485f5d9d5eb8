import { FramedChannel } from "../../src/framing/framed-channel.ts";
import { channelSuite } from "../conformance/channel.ts";
import { duplexPair } from "../support/duplex-pair.ts";

channelSuite("FramedChannel over a Duplex", (t, limits = {}) => {
  const [here, there] = duplexPair();
  t.after(() => {
    here.destroy();
    there.destroy();
  });
  return {
    left: new FramedChannel(here, { limits }),
    right: new FramedChannel(there, { limits }),
    breakRight: () => there.destroy(),
  };
});
