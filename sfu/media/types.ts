/** The media library's types under one roof: nothing outside sfu/media names the package. */
import type { types } from 'mediasoup';

export type MediaWorker = types.Worker;
export type MediaRouter = types.Router;
export type MediaServer = types.WebRtcServer;
export type AnyTransport = types.Transport;
export type PipeTransport = types.PipeTransport;
export type MediaTransport = types.WebRtcTransport;
export type MediaProducer = types.Producer;
export type MediaConsumer = types.Consumer;
export type LevelObserver = types.AudioLevelObserver;
export type RtpCapabilities = types.RtpCapabilities;
export type RtpParameters = types.RtpParameters;
export type DtlsParameters = types.DtlsParameters;
export type ListenInfo = types.TransportListenInfo;
export type WorkerSettings = types.WorkerSettings;
export type CodecCapability = types.RouterRtpCodecCapability;
