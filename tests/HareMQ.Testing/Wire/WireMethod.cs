namespace HareMQ.Testing.Wire;

/// <summary>
/// Class and method id of a method frame. Listed by hand, apart from the broker's own tables, so that a slip there shows.
/// </summary>
public readonly record struct MethodId(ushort ClassId, ushort Id)
{
    public static readonly MethodId ConnectionStart = new(10, 10);
    public static readonly MethodId ConnectionStartOk = new(10, 11);
    public static readonly MethodId ConnectionTune = new(10, 30);
    public static readonly MethodId ConnectionTuneOk = new(10, 31);
    public static readonly MethodId ConnectionOpen = new(10, 40);
    public static readonly MethodId ConnectionOpenOk = new(10, 41);
    public static readonly MethodId ConnectionClose = new(10, 50);
    public static readonly MethodId ConnectionCloseOk = new(10, 51);
    public static readonly MethodId ConnectionBlocked = new(10, 60);
    public static readonly MethodId ConnectionUnblocked = new(10, 61);
    public static readonly MethodId ConnectionUpdateSecret = new(10, 70);
    public static readonly MethodId ConnectionUpdateSecretOk = new(10, 71);
    public static readonly MethodId ChannelOpen = new(20, 10);
    public static readonly MethodId ChannelOpenOk = new(20, 11);
    public static readonly MethodId ChannelFlow = new(20, 20);
    public static readonly MethodId ChannelFlowOk = new(20, 21);
    public static readonly MethodId ChannelClose = new(20, 40);
    public static readonly MethodId ChannelCloseOk = new(20, 41);
    public static readonly MethodId AccessRequest = new(30, 10);
    public static readonly MethodId AccessRequestOk = new(30, 11);
    public static readonly MethodId ExchangeDeclare = new(40, 10);
    public static readonly MethodId ExchangeDeclareOk = new(40, 11);
    public static readonly MethodId ExchangeDelete = new(40, 20);
    public static readonly MethodId ExchangeDeleteOk = new(40, 21);
    public static readonly MethodId ExchangeBind = new(40, 30);
    public static readonly MethodId ExchangeBindOk = new(40, 31);
    public static readonly MethodId ExchangeUnbind = new(40, 40);
    public static readonly MethodId ExchangeUnbindOk = new(40, 51);
    public static readonly MethodId QueueDeclare = new(50, 10);
    public static readonly MethodId QueueDeclareOk = new(50, 11);
    public static readonly MethodId QueueBind = new(50, 20);
    public static readonly MethodId QueueBindOk = new(50, 21);
    public static readonly MethodId QueuePurge = new(50, 30);
    public static readonly MethodId QueuePurgeOk = new(50, 31);
    public static readonly MethodId QueueDelete = new(50, 40);
    public static readonly MethodId QueueDeleteOk = new(50, 41);
    public static readonly MethodId QueueUnbind = new(50, 50);
    public static readonly MethodId QueueUnbindOk = new(50, 51);
    public static readonly MethodId BasicQos = new(60, 10);
    public static readonly MethodId BasicQosOk = new(60, 11);
    public static readonly MethodId BasicConsume = new(60, 20);
    public static readonly MethodId BasicConsumeOk = new(60, 21);
    public static readonly MethodId BasicCancel = new(60, 30);
    public static readonly MethodId BasicCancelOk = new(60, 31);
    public static readonly MethodId BasicPublish = new(60, 40);
    public static readonly MethodId BasicReturn = new(60, 50);
    public static readonly MethodId BasicDeliver = new(60, 60);
    public static readonly MethodId BasicGet = new(60, 70);
    public static readonly MethodId BasicGetOk = new(60, 71);
    public static readonly MethodId BasicGetEmpty = new(60, 72);
    public static readonly MethodId BasicAck = new(60, 80);
    public static readonly MethodId BasicReject = new(60, 90);
    public static readonly MethodId BasicRecoverAsync = new(60, 100);
    public static readonly MethodId BasicRecover = new(60, 110);
    public static readonly MethodId BasicRecoverOk = new(60, 111);
    public static readonly MethodId BasicNack = new(60, 120);
    public static readonly MethodId ConfirmSelect = new(85, 10);
    public static readonly MethodId ConfirmSelectOk = new(85, 11);
    public static readonly MethodId TxSelect = new(90, 10);
    public static readonly MethodId TxSelectOk = new(90, 11);
    public static readonly MethodId TxCommit = new(90, 20);
    public static readonly MethodId TxCommitOk = new(90, 21);
    public static readonly MethodId TxRollback = new(90, 30);
    public static readonly MethodId TxRollbackOk = new(90, 31);
}
