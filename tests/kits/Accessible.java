import java.io.FileInputStream;
import java.util.TreeSet;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** Prints each rule of PDF/UA-1 that a file breaks, behind the file's name. */
public class Accessible {
  public static void main(String[] names) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    var foundry = Foundries.defaultInstance();
    for (var name : names) {
      try (var parser = foundry.createParser(new FileInputStream(name), PDFAFlavour.PDFUA_1);
          var validator = foundry.createValidator(PDFAFlavour.PDFUA_1, false)) {
        var broken = new TreeSet<String>();
        for (var said : validator.validate(parser).getTestAssertions())
          if (said.getStatus() == TestAssertion.Status.FAILED)
            broken.add(said.getRuleId().getClause() + "-" + said.getRuleId().getTestNumber());
        System.out.println(name + "\t" + String.join(" ", broken));
      }
    }
  }
}
