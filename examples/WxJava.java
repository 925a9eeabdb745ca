// Read a picture with WxJava: WxJava comm|driving FILE
import cn.binarywang.wx.miniapp.api.WxMaService;
import cn.binarywang.wx.miniapp.api.impl.WxMaServiceImpl;
import cn.binarywang.wx.miniapp.config.impl.WxMaDefaultConfigImpl;
import java.io.File;
import me.chanjar.weixin.common.error.WxErrorException;

public final class WxJava {
  public static void main(String[] arguments) throws WxErrorException {
    WxMaDefaultConfigImpl config = new WxMaDefaultConfigImpl();
    config.setAppid(System.getenv("SHIZI_APPID"));
    config.setSecret(System.getenv("SHIZI_SECRET"));
    config.setApiHostUrl(System.getenv("SHIZI_URL")); // calls and tokens
    WxMaService service = new WxMaServiceImpl();
    service.setWxMaConfig(config);

    File picture = new File(arguments[1]);
    if (arguments[0].equals("driving")) {
      System.out.println(service.getOcrService().driving(picture));
    } else {
      System.out.println(service.getOcrService().comm(picture));
    }
  }
}
