import type { Channel, ChannelReceiver } from "../../connection/channel.ts";
import { type Exchange, isExchange } from "../../connection/exchange.ts";
import type { Interpose } from "../../transport/registry.ts";
import type { Transport } from "../../transport/transport.ts";
import type { WireTap } from "../../transport/wire-tap.ts";

/** Hears each text that passes: those that came in, and those that were sent. It must not throw. */
export type TextObserver = (direction: "in" | "out", text: string) => void;

/** Who wants to hear what. */
export interface Observers {
  readonly text?: TextObserver | undefined;
  /** Where there are bytes, these; else texts. */
  readonly bytes?: WireTap | undefined;
  readonly wireText?: TextObserver | undefined;
}

/** Puts observers between a client and its transport. */
export function observing({ text, bytes, wireText }: Observers): Interpose | undefined {
  const texts = [text, wireText].filter((each) => each !== undefined);
  if (texts.length === 0 && !bytes) return undefined;
  return (transport): Transport => ({
    limits: transport.limits,
    connect: async (address, options) => {
      const carrier = await transport.connect(address, { ...options, tap: bytes });
      const hear: TextObserver = (...passing) => {
        for (const each of texts) each(...passing);
      };
      return isExchange(carrier) ? observedExchange(carrier, hear) : observedChannel(carrier, hear);
    },
    listen: (...given) => transport.listen(...given),
  });
}

/** A channel whose texts somebody hears. */
export function observedChannel(channel: Channel, hear: TextObserver): Channel {
  return {
    peer: channel.peer,
    get handedOver() {
      return channel.handedOver;
    },
    get queuedBytes() {
      return channel.queuedBytes;
    },
    open: (receiver) => channel.open(observedReceiver(receiver, hear)),
    send(text) {
      hear("out", text);
      return channel.send(text);
    },
    handOver: () => channel.handOver(),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    close: () => channel.close(),
    destroy: (reason) => channel.destroy(reason),
  };
}

function observedReceiver(receiver: ChannelReceiver, hear: TextObserver): ChannelReceiver {
  return {
    message(text) {
      hear("in", text);
      receiver.message(text);
    },
    malformed: (violation) => receiver.malformed(violation),
    pressed: () => receiver.pressed(),
    drained: () => receiver.drained(),
    ended: (why) => receiver.ended(why),
    closed: (reason) => receiver.closed(reason),
  };
}

function observedExchange(exchange: Exchange, hear: TextObserver): Exchange {
  return {
    peer: exchange.peer,
    get concurrency() {
      return exchange.concurrency;
    },
    set onRoom(action: (() => void) | undefined) {
      exchange.onRoom = action;
    },
    needsTimeout: exchange.needsTimeout === true,
    closed: exchange.closed,
    async exchange(text, options) {
      hear("out", text);
      const answer = await exchange.exchange(text, options);
      if (answer !== undefined) hear("in", answer);
      return answer;
    },
    close: () => exchange.close(),
  };
}
