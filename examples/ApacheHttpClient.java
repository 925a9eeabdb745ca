// Read a picture with Apache HttpClient: ApacheHttpClient comm|driving FILE|URL
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.entity.mime.HttpMultipartMode;
import org.apache.http.entity.mime.MultipartEntityBuilder;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

public final class ApacheHttpClient {
  private static final String BASE = System.getenv("SHIZI_URL");
  private static final CloseableHttpClient CLIENT = HttpClients.createDefault();

  public static void main(String[] arguments) throws IOException {
    String token = System.getenv("SHIZI_TOKEN"); // one from before, if any
    JsonObject reply = read(arguments[0], arguments[1], token == null ? newToken() : token);
    if (Set.of(40001, 40014, 42001).contains(reply.get("errcode").getAsInt())) {
      reply = read(arguments[0], arguments[1], newToken());
    }
    System.out.println(reply);
  }

  private static JsonObject read(String api, String picture, String token) throws IOException {
    String url = BASE + "/cv/ocr/" + api + "?access_token=" + token;
    if (picture.startsWith("http")) {
      return send(new HttpPost(url + "&img_url=" + encode(picture)));
    }
    HttpPost post = new HttpPost(url);
    post.setEntity(
        MultipartEntityBuilder.create()
            .addBinaryBody("file", new File(picture)) // as WxJava calls the part
            .setMode(HttpMultipartMode.RFC6532)
            .build());
    return send(post);
  }

  private static String newToken() throws IOException {
    String query = "grant_type=client_credential&appid=" + encode(System.getenv("SHIZI_APPID"));
    String secret = encode(System.getenv("SHIZI_SECRET"));
    JsonObject reply = send(new HttpGet(BASE + "/cgi-bin/token?" + query + "&secret=" + secret));
    if (!reply.has("access_token")) {
      throw new IOException(reply.get("errmsg").getAsString());
    }
    return reply.get("access_token").getAsString();
  }

  private static JsonObject send(HttpUriRequest request) throws IOException {
    try (CloseableHttpResponse response = CLIENT.execute(request)) {
      String text = EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8);
      return JsonParser.parseString(text).getAsJsonObject();
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
