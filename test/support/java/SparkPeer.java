// Spark's own network layer without the rest of Spark: authenticates as servers and clients of its release
// do. Reads orders from standard input, one a line, and answers each with one line that
// begins with `answer:`.
//
//   serve KEY=VALUE …             → serving PORT
//   dial PORT SIZES KEY=VALUE …   → echoed N, or failed TEXT
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.sasl.SecretKeyHolder;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;

public class SparkPeer {
  static final String USER = "sparkSaslUser";
  static final List<TransportServer> SERVERS = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    answer("ready");
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      answer(obey(order.split(" ")));
    }
    System.exit(0);
  }

  // Spark logs to the same stream.
  static void answer(String text) {
    System.out.println("answer: " + text);
  }

  static String obey(String[] words) {
    try {
      if (words[0].equals("serve")) return serve(settings(words, 1));
      return dial(Integer.parseInt(words[1]), words[2].split(","), settings(words, 3));
    } catch (Throwable error) {
      return "failed " + error.toString().replace('\n', ' ');
    }
  }

  static Map<String, String> settings(String[] words, int from) {
    Map<String, String> settings = new HashMap<>();
    for (String word : Arrays.copyOfRange(words, from, words.length)) {
      int at = word.indexOf('=');
      settings.put(word.substring(0, at), word.substring(at + 1));
    }
    return settings;
  }

  static String serve(Map<String, String> settings) {
    TransportConf conf = new TransportConf("rpc", new MapConfigProvider(settings));
    TransportContext context = new TransportContext(conf, new Echo());
    SERVERS.add(context.createServer(0, List.of(new AuthServerBootstrap(conf, holder(settings)))));
    return "serving " + SERVERS.get(SERVERS.size() - 1).getPort();
  }

  static String dial(int port, String[] sizes, Map<String, String> settings) throws Exception {
    TransportConf conf = new TransportConf("rpc", new MapConfigProvider(settings));
    try (TransportContext context = new TransportContext(conf, new Echo())) {
      var bootstrap = new AuthClientBootstrap(conf, USER, holder(settings));
      try (TransportClientFactory factory = context.createClientFactory(List.of(bootstrap))) {
        TransportClient client = factory.createUnmanagedClient("127.0.0.1", port);
        for (String size : sizes) {
          byte[] sent = new byte[Integer.parseInt(size)];
          for (int at = 0; at < sent.length; at++) sent[at] = (byte) (at * 31);
          ByteBuffer reply = client.sendRpcSync(ByteBuffer.wrap(sent), 10_000);
          byte[] received = new byte[reply.remaining()];
          reply.get(received);
          if (!Arrays.equals(sent, received)) return "failed " + size + " bytes were changed";
        }
        client.close();
        return "echoed " + sizes.length;
      }
    }
  }

  static SecretKeyHolder holder(Map<String, String> settings) {
    return new SecretKeyHolder() {
      @Override
      public String getSaslUser(String appId) {
        return USER;
      }

      @Override
      public String getSecretKey(String appId) {
        return settings.get("secret");
      }
    };
  }

  static class Echo extends RpcHandler {
    @Override
    public void receive(TransportClient client, ByteBuffer message, RpcResponseCallback callback) {
      ByteBuffer copy = ByteBuffer.allocate(message.remaining());
      copy.put(message).flip();
      callback.onSuccess(copy);
    }

    @Override
    public StreamManager getStreamManager() {
      return new OneForOneStreamManager();
    }
  }
}
